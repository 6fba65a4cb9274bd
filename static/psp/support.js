// Loaded first in <body>, as a file, so that the content security policy needs no exception for inline scripts.
document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " nhsuk-frontend-supported" : "");
