"""The pages of organizations. A name that is a word of ours here (`new`) is no organization's (organizations.slugs)."""

from django.urls import path

from organizations.pages import keys, organizations, service_accounts

urlpatterns = [
    # Organizations
    path("organizations", organizations.organization_list, name="organizations"),
    path("organizations/<str:slug>", organizations.organization, name="organization"),
    # Members
    # Keys
    path("organizations/<str:slug>/keys", keys.key_list, name="organization_keys"),
    path("organizations/<str:slug>/keys/new", keys.key_new, name="organization_key_new"),
    path("organizations/<str:slug>/keys/<uuid:key_id>", keys.key_page, name="organization_key"),
    path(
        "organizations/<str:slug>/service-accounts",
        service_accounts.account_list,
        name="organization_service_accounts",
    ),
    path(
        "organizations/<str:slug>/service-accounts/<uuid:account_id>",
        service_accounts.account_page,
        name="organization_service_account",
    ),
]
