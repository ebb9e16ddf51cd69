"""The OpenID Foundation's certification modules, under their official names, against the whole product."""
