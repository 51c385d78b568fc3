"""Reading business hours.

Source: behaviour of the API, workforce, sections 6.1 and 6.2.
"""

from collections import defaultdict
from typing import Any

from frontdesk.db import Tx
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.workforce import queries
from frontdesk.workforce.business_hour_schemas import (
    BusinessHourListQuery,
    BusinessHourQuery,
    business_hour_document,
    named_departments,
)


def read_business_hour(tx: Tx, query: BusinessHourQuery) -> dict[str, Any] | None:
    """Return the default business hour, or a custom one with its departments; None for another
    type or an unknown id.
    """
    if not query.type or query.type == "default":
        default = tx.one(queries.DEFAULT_BUSINESS_HOUR)
        return None if default is None else business_hour_document(default, tx.now)
    hour_id = query.business_hour_id
    hour = tx.one(queries.BUSINESS_HOUR, hour_id=hour_id) if query.type == "custom" else None
    if hour is None:
        return None
    departments = tx.all(queries.DEPARTMENTS_OF_BUSINESS_HOUR, hour_id=hour.id)
    return {
        **business_hour_document(hour, tx.now),
        "departments": named_departments(departments),
    }


def list_business_hours(tx: Tx, query: BusinessHourListQuery, page: Page) -> dict[str, Any]:
    """Return the business hours with a text in their name, by name unless sorted otherwise; the
    default one has none at first.
    """
    text = (query.name or "").casefold()
    departments: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for department in tx.all(queries.ALL_DEPARTMENTS):
        if department.business_hour_id is not None:
            departments[department.business_hour_id].append({"_id": department.id})
    documents = []
    for hour in tx.all(queries.ALL_BUSINESS_HOURS):
        if text in hour.name.casefold():
            document = business_hour_document(hour, tx.now)
            if hour.id in departments:
                document["departments"] = departments[hour.id]
            documents.append(document)
    return listed_page("businessHours", documents, page, [("name", 1)])
