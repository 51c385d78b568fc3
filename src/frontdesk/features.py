"""All that the features offer: endpoints, real-time methods and streams, and jobs."""

from collections.abc import Mapping

from frontdesk.access import jobs as access_jobs
from frontdesk.access import list_methods as access_list_methods
from frontdesk.access import methods as access_methods
from frontdesk.access import routes as access_routes
from frontdesk.access import streams as access_streams
from frontdesk.analytics import methods as analytics_methods
from frontdesk.analytics import routes as analytics_routes
from frontdesk.calls import routes as calls_routes
from frontdesk.canned_responses import methods as canned_methods
from frontdesk.canned_responses import routes as canned_routes
from frontdesk.canned_responses import streams as canned_streams
from frontdesk.catalog import methods as catalog_methods
from frontdesk.catalog import routes as catalog_routes
from frontdesk.catalog import streams as catalog_streams
from frontdesk.channels import jobs as channel_jobs
from frontdesk.channels import routes as channels_routes
from frontdesk.channels.email import commands as email_commands
from frontdesk.contacts import routes as contacts_routes
from frontdesk.conversations import jobs as conversation_jobs
from frontdesk.conversations import member_methods, queue_stream
from frontdesk.conversations import methods as conversation_methods
from frontdesk.conversations import routes as conversations_routes
from frontdesk.conversations import streams as conversation_streams
from frontdesk.custom_fields import methods as custom_field_methods
from frontdesk.custom_fields import routes as custom_fields_routes
from frontdesk.files import jobs as file_jobs
from frontdesk.http import Routes
from frontdesk.jobs.worker import Handler
from frontdesk.mail import jobs as mail_jobs
from frontdesk.messages import chat_methods
from frontdesk.messages import jobs as message_jobs
from frontdesk.messages import methods as message_methods
from frontdesk.messages import routes as messages_routes
from frontdesk.messages import streams as message_streams
from frontdesk.realtime import sockjs_routes
from frontdesk.realtime.methods import Methods
from frontdesk.realtime.routes import method_routes
from frontdesk.realtime.stream_methods import stream_methods
from frontdesk.realtime.streams import Streams
from frontdesk.settings import methods as settings_methods
from frontdesk.settings import routes as settings_routes
from frontdesk.settings import streams as settings_streams
from frontdesk.transcripts import jobs as transcript_jobs
from frontdesk.transcripts import methods as transcript_methods
from frontdesk.transcripts import routes as transcripts_routes
from frontdesk.triggers import methods as trigger_methods
from frontdesk.triggers import routes as trigger_routes
from frontdesk.visitors import methods as visitor_methods
from frontdesk.visitors import (
    offline_message_methods,
    offline_message_routes,
)
from frontdesk.visitors import routes as visitors_routes
from frontdesk.webhooks import jobs as webhook_jobs
from frontdesk.webhooks import methods as webhook_methods
from frontdesk.webhooks import routes as webhooks_routes
from frontdesk.widget import methods as widget_methods
from frontdesk.widget import routes as widget_routes
from frontdesk.workforce import jobs as workforce_jobs
from frontdesk.workforce import methods as workforce_methods
from frontdesk.workforce import routes as workforce_routes
from frontdesk.workforce import streams as workforce_streams
from frontdesk.workforce import unit_methods
from frontdesk.workspace import Workspace

STREAMS = Streams(
    [
        access_streams.streams,
        settings_streams.streams,
        conversation_streams.streams,
        queue_stream.streams,
        message_streams.streams,
        workforce_streams.streams,
        catalog_streams.streams,
        canned_streams.streams,
    ]
)

METHODS = Methods(
    [
        stream_methods(STREAMS),
        access_methods.methods,
        access_list_methods.methods,
        settings_methods.methods,
        workforce_methods.methods,
        unit_methods.methods,
        catalog_methods.methods,
        conversation_methods.methods,
        member_methods.methods,
        custom_field_methods.methods,
        message_methods.methods,
        chat_methods.methods,
        transcript_methods.methods,
        visitor_methods.methods,
        canned_methods.methods,
        trigger_methods.methods,
        widget_methods.methods,
        analytics_methods.methods,
        offline_message_methods.methods,
        webhook_methods.methods,
        email_commands.methods,
    ]
)

#: Endpoints, by the headings of the OpenAPI document.
FEATURES: tuple[Routes, ...] = (
    *access_routes.ROUTES,
    *settings_routes.ROUTES,
    *visitors_routes.ROUTES,
    *custom_fields_routes.ROUTES,
    *contacts_routes.ROUTES,
    *conversations_routes.ROUTES,
    *messages_routes.ROUTES,
    *transcripts_routes.ROUTES,
    *workforce_routes.ROUTES,
    *catalog_routes.ROUTES,
    *calls_routes.ROUTES,
    *channels_routes.ROUTES,
    *analytics_routes.ROUTES,
    *canned_routes.ROUTES,
    *trigger_routes.ROUTES,
    *widget_routes.ROUTES,
    offline_message_routes.routes,
    *webhooks_routes.ROUTES,
    method_routes(METHODS),
    sockjs_routes.routes,
)

#: Jobs that have places of their own at the worker, and those that are tried in their own rhythm.
LANES = {**webhook_jobs.LANES, **channel_jobs.LANES}
ATTEMPTS = {
    **mail_jobs.ATTEMPTS,
    **transcript_jobs.ATTEMPTS,
    **channel_jobs.ATTEMPTS,
    **webhook_jobs.ATTEMPTS,
}


def job_handlers(workspace: Workspace) -> Mapping[str, Handler]:
    """Return what carries out each kind of job."""
    return {
        **file_jobs.job_handlers(workspace),
        **mail_jobs.job_handlers(workspace),
        **transcript_jobs.job_handlers(workspace),
        **conversation_jobs.job_handlers(workspace),
        **message_jobs.job_handlers(workspace),
        **access_jobs.job_handlers(workspace),
        **workforce_jobs.job_handlers(workspace),
        **channel_jobs.job_handlers(workspace),
        **webhook_jobs.job_handlers(workspace),
    }
