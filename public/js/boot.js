// Runs before the first paint, so it is a classic blocking script: theme, density and side bar width
// from the person's own device, then the service worker. No inline script is allowed by the CSP.
(function () {
  "use strict";
  var root = document.documentElement;
  function stored(key) {
    try {
      return localStorage.getItem(key);
    } catch (_) {
      return null;
    }
  }
  function cookie(key) {
    var hit = document.cookie.match("(?:^|; )" + key + "=([^;]*)");
    return hit ? decodeURIComponent(hit[1]) : null;
  }
  var theme = cookie("theme") || stored("theme");
  if (theme === "light" || theme === "dark") root.setAttribute("data-theme", "uk-" + theme);
  if (stored("density") === "comfortable") root.setAttribute("data-density", "comfortable");
  if (stored("side") === "slim") root.setAttribute("data-side", "slim");

  // Who is signed in never sees this page: what somebody has seen offline is not for the next, nor do pages of theirs that
  // are still open send anything (see `queue.js`).
  if (location.pathname.indexOf("/login") === 0) {
    try {
      localStorage.removeItem("uk-owner");
    } catch (_) {
      // Nothing is kept here.
    }
  }
  if (location.pathname.indexOf("/login") === 0 && window.caches) {
    caches
      .keys()
      .then(function (names) {
        names.forEach(function (name) {
          if (name.indexOf("uk-pages-") === 0) caches.delete(name);
        });
      })
      .catch(function () {});
  }

  if (!("serviceWorker" in navigator)) return;
  var asked = false;
  function announce(registration) {
    // Without a controller this is the first install: nothing to update.
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    root.setAttribute("data-update", "ready");
    window.dispatchEvent(new CustomEvent("uk:update-available"));
    window.addEventListener("uk:apply-update", function () {
      asked = true;
      if (registration.waiting) registration.waiting.postMessage({ type: "SKIP_WAITING" });
    });
  }
  navigator.serviceWorker.addEventListener("controllerchange", function () {
    if (asked) location.reload();
  });
  window.addEventListener("load", function () {
    navigator.serviceWorker
      .register("/sw.js", { updateViaCache: "none" })
      .then(function (registration) {
        announce(registration);
        registration.addEventListener("updatefound", function () {
          var worker = registration.installing;
          if (!worker) return;
          worker.addEventListener("statechange", function () {
            if (worker.state === "installed") announce(registration);
          });
        });
        setInterval(function () {
          registration.update().catch(function () {});
        }, 60 * 60 * 1000);
      })
      .catch(function () {});
  });
})();
