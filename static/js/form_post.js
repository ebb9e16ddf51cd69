// The answer to an app goes on by itself (OAuth 2.0 Form Post Response Mode). Without this file a button does it.
document.querySelector("form[data-send-at-once]").submit();
