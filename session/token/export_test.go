package token

// CheckRedirect is what the default client asks before it follows a redirect. Its transport trusts the system's
// certificates only, so that no test can have an https server to be redirected from.
var CheckRedirect = checkRedirect
