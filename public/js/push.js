// The card that turns notifications on. The browser is asked after a tap only: who is asked unprompted says no for ever.
(function () {
  "use strict";
  var DEVICES = "/api/v1/notifications/devices";

  function call(method, path, body) {
    var options = { method: method, headers: body ? { "content-type": "application/json" } : {}, body: body && JSON.stringify(body) };
    return fetch(path, options).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.status === 204 ? null : answer.json();
    });
  }
  function save(subscription) {
    var made = subscription.toJSON();
    return call("POST", DEVICES, { kind: "web", endpoint: made.endpoint, p256dh: made.keys.p256dh, auth: made.keys.auth });
  }
  function manager() {
    return navigator.serviceWorker.ready.then(function (registration) {
      return registration.pushManager;
    });
  }
  function apple() {
    return /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
  }

  function card(root) {
    function show(state) {
      root.querySelectorAll("[data-when]").forEach(function (part) {
        part.hidden = part.getAttribute("data-when").split(" ").indexOf(state) < 0;
      });
    }
    function look() {
      if (!("serviceWorker" in navigator) || !("PushManager" in window)) return show(apple() ? "install" : "none");
      if (Notification.permission === "denied") return show("denied");
      return manager()
        .then(function (push) {
          return push.getSubscription();
        })
        .then(function (found) {
          if (!found || Notification.permission !== "granted") return show("off");
          // Told again with each visit: the server may have forgotten it, or somebody else may be signed in now.
          return save(found).then(function () {
            show("on");
          });
        })
        .catch(function () {
          show("failed");
        });
    }
    function turnOn() {
      return Notification.requestPermission()
        .then(function (said) {
          if (said !== "granted") return null;
          return Promise.all([manager(), call("GET", DEVICES)]).then(function (both) {
            return both[0].subscribe({ userVisibleOnly: true, applicationServerKey: both[1].key }).then(save);
          });
        })
        .then(look);
    }
    function turnOff() {
      return manager()
        .then(function (push) {
          return push.getSubscription();
        })
        .then(function (found) {
          if (!found) return null;
          return save(found)
            .then(function (device) {
              return call("DELETE", DEVICES + "/" + device.id);
            })
            .then(function () {
              return found.unsubscribe();
            });
        })
        .then(look);
    }
    root.addEventListener("click", function (event) {
      var button = event.target.closest("[data-push]");
      if (!button || button.disabled) return;
      button.disabled = true;
      (button.getAttribute("data-push") === "on" ? turnOn() : turnOff())
        .catch(function () {
          show(button.getAttribute("data-push") === "on" ? "failed" : "on");
        })
        .then(function () {
          button.disabled = false;
        });
    });
    look();
  }
  document.querySelectorAll("[data-push-card]").forEach(card);
})();
