from django.urls import path

from mfa.api import operators, views

urlpatterns = [
    path("auth/mfa", views.StatusView.as_view(), name="api_mfa"),
    path("auth/mfa/setup", views.SetUpView.as_view(), name="api_mfa_setup"),
    path("auth/mfa/setup/<uuid:factor_id>/confirm", views.ConfirmView.as_view(), name="api_mfa_confirm"),
    path("auth/mfa/factors/<uuid:factor_id>", views.FactorView.as_view(), name="api_mfa_factor"),
    path("auth/mfa/recovery-codes", views.RecoveryCodesView.as_view(), name="api_mfa_recovery_codes"),
    path("auth/mfa/disable", views.DisableView.as_view(), name="api_mfa_disable"),
    path("users/<uuid:user_id>/mfa/reset", operators.PersonMfaResetView.as_view(), name="api_user_mfa_reset"),
]
