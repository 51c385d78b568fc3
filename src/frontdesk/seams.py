"""What features do in the transactions of others that may not know them."""

from frontdesk.access import announcing, deactivation, deleting, granting, updating
from frontdesk.canned_responses import announcing as canned_announcing
from frontdesk.channels import forgetting as channels_forgetting
from frontdesk.channels.email.replying import EmailCarrier
from frontdesk.channels.sms.sending import SmsCarrier
from frontdesk.contacts import following as contacts_following
from frontdesk.contacts import managing as contacts_managing
from frontdesk.conversations import jobs as conversation_jobs
from frontdesk.conversations.closing_doors import close_of_deactivated
from frontdesk.conversations.leaving import follow_agent
from frontdesk.custom_fields import setting
from frontdesk.messages import carrying
from frontdesk.settings import store as settings_store
from frontdesk.visitors import (
    registering,
    removing,
)
from frontdesk.webhooks import forgetting as webhooks_forgetting
from frontdesk.workforce import following as workforce_following
from frontdesk.workforce import jobs as workforce_jobs
from frontdesk.workforce import linking
from frontdesk.workspace import Workspace


def connect(workspace: Workspace) -> None:
    """Register what the features of a workspace do for each other."""
    settings_store.on_written[:] = [
        conversation_jobs.promise_after_setting,
        workforce_jobs.promise_after_setting,
    ]
    announcing.on_changed[:] = [
        lambda tx, user_id, changes: workforce_following.follow_user(
            tx, workspace.settings, user_id, changes
        ),
        lambda tx, user_id, changes: follow_agent(tx, workspace.settings, user_id, changes),
    ]
    granting.on_roles_lost[:] = [
        lambda tx, before, lost: workforce_following.follow_lost_roles(
            tx, workspace.settings, before, lost
        )
    ]
    granting.on_roles_saved[:] = [
        lambda tx, user, given: workforce_following.follow_saved_roles(
            tx, workspace.settings, user, given
        )
    ]
    carrying.carriers[:] = [SmsCarrier(), EmailCarrier()]
    updating.on_renamed[:] = [workforce_following.follow_rename]
    registering.on_registered[:] = [contacts_following.follow_registration]
    registering.manager_finders[:] = [contacts_managing.manager_for_email]
    setting.on_visitor_values[:] = [contacts_following.follow_values]
    removing.on_visitor_removed[:] = [
        contacts_following.follow_removal,
        channels_forgetting.forget_senders,
    ]
    removing.on_rooms_removed[:] = [
        channels_forgetting.forget_rooms,
        webhooks_forgetting.forget_rooms,
    ]
    deactivation.on_deactivated[:] = [close_of_deactivated]
    linking.on_members_changed[:] = [canned_announcing.follow_members]
    deleting.on_deleted[:] = [workforce_following.follow_deletion]
