"""The URLs of the own account (second factor, sessions, sign-in services, a new password) and of invitations.

Only the views of allauth that are named here exist.
"""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from identity.later import later
from identity.pages import accepting, account, colleagues, linked, listing, reset, second_factor, services, sessions
from identity.views import SignIn

MFA = "allauth.mfa"

urlpatterns = [
    path("colleagues/", colleagues.colleagues, name="colleagues"),
    path("colleagues/<key:pk>/dismiss/", colleagues.colleague_dismiss, name="colleague_dismiss"),
    path("account/", account.account, name="account"),
    path("account/confirm/", later("allauth.account.views.reauthenticate"), name="account_reauthenticate"),
    path("account/sessions/", sessions.sessions, name="sessions"),
    path("account/sessions/others/", sessions.end_others, name="sessions_end_others"),
    path("account/sessions/<key:pk>/end/", sessions.end, name="session_end"),
    path("account/service/connect/", services.connect, name="service_connect"),
    path("account/service/confirm/", services.confirm, name="service_confirm"),
    path("account/service/disconnect/", services.disconnect, name="service_disconnect"),
    path("account/second-factor/", second_factor.overview, name="mfa_index"),
    path("account/second-factor/app/", later(f"{MFA}.totp.views.activate_totp"), name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", second_factor.remove_app, name="mfa_deactivate_totp"),
    path("account/second-factor/passkeys/", later(f"{MFA}.webauthn.views.add_webauthn"), name="mfa_add_webauthn"),
    path(
        "account/second-factor/passkeys/<key:pk>/remove/",
        second_factor.remove_passkey,
        name="mfa_remove_webauthn",
    ),
    path("account/second-factor/codes/", second_factor.codes, name="mfa_view_recovery_codes"),
    path(
        "account/second-factor/codes/new/",
        later(f"{MFA}.recovery_codes.views.generate_recovery_codes"),
        name="mfa_generate_recovery_codes",
    ),
    path("account/second-factor/confirm/", later(f"{MFA}.base.views.reauthenticate"), name="mfa_reauthenticate"),
    path(
        "account/second-factor/confirm/passkey/",
        later(f"{MFA}.webauthn.views.reauthenticate_webauthn"),
        name="mfa_reauthenticate_webauthn",
    ),
    # allauth redirects to the sign-in page by this name.
    path("login/", SignIn.as_view(), name="account_login"),
    path("login/second/", login_not_required(later(f"{MFA}.base.views.authenticate")), name="mfa_authenticate"),
    path("login/service/", services.sign_in, name="service_sign_in"),
    path("login/service/cancelled/", services.cancelled, name="socialaccount_login_cancelled"),
    path("login/service/<str:provider_id>/", services.called_back, name="openid_connect_callback"),
    path("reset/", reset.ask, name="reset"),
    path("reset/code/", reset.code, name="reset_code"),
    path("account/linked/", linked.linked_accounts, name="linked_accounts"),
    path("account/linked/<key:pk>/switch/", linked.account_switch, name="accountlink_switch"),
    path("account/linked/<key:pk>/unlink/", linked.account_unlink, name="accountlink_unlink"),
    path("invitation/", accepting.invitation_accept, name="invitation_accept"),
    path("invitation/<str:key>/", accepting.invitation_open, name="invitation_open"),
    path("invitations/", listing.InvitationList.as_view(), name="invitation_list"),
    path("invitations/<key:pk>/again/", listing.invitation_resend, name="invitation_resend"),
    path("invitations/<key:pk>/withdraw/", listing.invitation_withdraw, name="invitation_withdraw"),
]
