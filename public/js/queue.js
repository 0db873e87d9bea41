// The steps of a field worker on their way. Each is written down on the phone first (IndexedDB), with its time, its photos
// and a key that makes a repeat safe, and leaves when there is a connection: in order, request by request. What the server
// refuses stays and stops its request until the person decides. Steps belong to the person who took them: nobody else's
// are shown or sent. The pages of the app are WASM and call this through `window.ukQueue`.
(function () {
  "use strict";
  if (window.ukQueue) return;
  var EVERY = 30 * 1000;
  var PATIENCE = 25 * 1000;
  // Behind everything that is done after a refusal.
  var LAST = Number.MAX_SAFE_INTEGER;
  var owner = null;
  // Whether the other pages of this browser can learn from us who the owner is.
  var named = false;
  var running = null;
  var again = false;
  var planned = {};
  var keptAt = {};
  var waiters = {};
  // Steps are written down one after another, in the order of the taps.
  var writing = Promise.resolve();
  var opening = null;
  // Where a browser keeps nothing (a private window) steps live as long as the page.
  var memory = null;

  function base() {
    if (!opening) {
      opening = new Promise(function (resolve) {
        var asked;
        try {
          asked = indexedDB.open("uk-queue", 1);
        } catch (_) {
          memory = [];
          return resolve(null);
        }
        asked.onupgradeneeded = function () {
          asked.result.createObjectStore("steps", { keyPath: "key" });
        };
        asked.onsuccess = function () {
          // A telephone may close it in the background: the next look opens it again.
          asked.result.onclose = function () {
            opening = null;
          };
          resolve(asked.result);
        };
        asked.onerror = function () {
          memory = [];
          resolve(null);
        };
      });
    }
    return opening;
  }
  // One transaction; `work` is given the store and answers with the request whose result is wanted.
  function within(mode, work) {
    return base().then(function (db) {
      return new Promise(function (resolve, reject) {
        var tx = db.transaction("steps", mode);
        var asked = work(tx.objectStore("steps"));
        tx.oncomplete = function () {
          resolve(asked && asked.result);
        };
        tx.onabort = tx.onerror = function () {
          reject(tx.error);
        };
      });
    });
  }
  function everything() {
    return base().then(function (db) {
      if (!db) return memory.slice();
      return within("readonly", function (store) {
        return store.getAll();
      });
    });
  }
  function save(entry) {
    return base().then(function (db) {
      if (!db) {
        memory = memory.filter(function (one) {
          return one.key !== entry.key;
        });
        memory.push(entry);
        return null;
      }
      return within("readwrite", function (store) {
        return store.put(entry);
      });
    });
  }
  function remove(key) {
    return base().then(function (db) {
      if (!db) {
        memory = memory.filter(function (one) {
          return one.key !== key;
        });
        return null;
      }
      return within("readwrite", function (store) {
        return store.delete(key);
      });
    });
  }
  function mine() {
    return everything().then(function (all) {
      return all
        .filter(function (one) {
          return one.user === owner;
        })
        .sort(function (a, b) {
          return a.place - b.place || a.turn - b.turn;
        });
    });
  }

  // A page that stayed open while somebody else signed in must not send under their name.
  function ours() {
    if (!named) return true;
    try {
      return localStorage.getItem("uk-owner") === owner;
    } catch (_) {
      return true;
    }
  }
  function tell() {
    window.dispatchEvent(new Event("uk:queue"));
  }
  function key() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    return Date.now().toString(36) + Math.random().toString(36).slice(2) + Math.random().toString(36).slice(2);
  }
  function settle(entry, outcome) {
    var waiter = waiters[entry.key];
    delete waiters[entry.key];
    if (waiter) waiter(outcome);
    return Boolean(waiter);
  }

  // `{ away }` when it did not get through, `{ refused }` with the failure, else `{ body }`.
  function call(path, options, patience) {
    var stop = new AbortController();
    var timer = setTimeout(function () {
      stop.abort();
    }, patience);
    options.signal = stop.signal;
    options.credentials = "same-origin";
    return fetch(path, options)
      .then(function (answer) {
        return answer.text().then(function (body) {
          if (answer.ok) return { body: body };
          var said = {};
          try {
            said = JSON.parse(body);
          } catch (_) {
            // A proxy in between answers in its own words.
          }
          var later = [401, 408, 425, 429].indexOf(answer.status) >= 0 || answer.status >= 500 || said.code === "idempotency_in_progress";
          // Signed out or too fast: so will be everything else. Any other trouble may be with this step alone.
          if (later || !said.code) return { away: true, alone: answer.status !== 401 && answer.status !== 429 };
          return { refused: { code: said.code, fields: said.errors || said.fields || [], trace_id: said.trace_id } };
        });
      })
      .catch(function () {
        return { away: true };
      })
      .then(function (outcome) {
        clearTimeout(timer);
        return outcome;
      });
  }

  // Photos first, one after another: two halves of a slow line send neither. Those that are through are remembered.
  function photos(entry) {
    if (entry.sent.length >= entry.files.length) return Promise.resolve(null);
    var file = entry.files[entry.sent.length];
    var form = new FormData();
    form.append("photos", file.blob, file.name);
    return call("/files", { method: "POST", body: form }, 6 * PATIENCE).then(function (outcome) {
      if (!outcome.body) return outcome;
      entry.sent.push(JSON.parse(outcome.body)[0].id);
      return save(entry).then(function () {
        return photos(entry);
      });
    });
  }
  function send(entry) {
    return photos(entry).then(function (stopped) {
      if (stopped) return stopped;
      var step = JSON.parse(entry.step);
      if (entry.sent.length) step.what.file_ids = (step.what.file_ids || []).concat(entry.sent);
      var body = JSON.stringify({ happened_at: entry.at, sent_at: new Date().toISOString(), step: step });
      var headers = { "content-type": "application/json", "idempotency-key": entry.key };
      return call("/api/v1/requests/" + entry.request + "/steps", { method: "POST", headers: headers, body: body }, PATIENCE);
    });
  }

  function round() {
    var stopped = {};
    function next() {
      // Read anew each time: something may have been added, discarded or sent by another window.
      return mine().then(function (all) {
        var entry = all.find(function (one) {
          if (one.refused) stopped[one.request] = true;
          return !stopped[one.request];
        });
        if (!entry || navigator.onLine === false || !ours()) return null;
        return send(entry).then(function (outcome) {
          if (outcome.away) {
            if (!outcome.alone) return null;
            // One step that fails each time must not hold up the other requests.
            stopped[entry.request] = true;
            return next();
          }
          if (outcome.refused) {
            stopped[entry.request] = true;
            // Whoever waits for the answer has what was typed before them; else it is kept to be decided on.
            if (settle(entry, { state: "refused", body: JSON.stringify(outcome.refused) })) {
              delete stopped[entry.request];
              return remove(entry.key).then(next);
            }
            entry.refused = outcome.refused;
            entry.turn = LAST;
            return save(entry).then(function () {
              tell();
              return next();
            });
          }
          return remove(entry.key).then(function () {
            if (!settle(entry, { state: "sent", body: outcome.body })) tell();
            return next();
          });
        });
      });
    }
    return next();
  }
  // One window at a time sends; where locks are unknown the keys keep a step from being taken twice.
  function alone(work) {
    return navigator.locks ? navigator.locks.request("uk-queue", work) : work();
  }
  function flush() {
    if (!owner) return Promise.resolve();
    if (running) {
      again = true;
      return running;
    }
    running = alone(round)
      .catch(function () {})
      .then(function () {
        running = null;
        if (again) {
          again = false;
          return flush();
        }
        // Whoever still waits is told that it will take longer.
        var late = Object.keys(waiters);
        late.forEach(function (one) {
          settle({ key: one }, { state: "waiting", body: "" });
        });
        if (late.length) tell();
        return null;
      });
    return running;
  }

  window.ukQueue = {
    // Whose phone this is now. The pages another person left behind go; their steps stay for them.
    open: function (user) {
      var before = null;
      try {
        before = localStorage.getItem("uk-owner");
        localStorage.setItem("uk-owner", user);
        named = true;
      } catch (_) {
        // Nothing is kept here, then no page is either.
      }
      owner = user;
      if (before === user || !window.caches) return flush();
      return wipe().then(function () {
        window.ukQueue.keep(location.pathname);
        return flush();
      });
    },
    // Answers with `{ state: "sent" | "waiting" | "refused", body }`.
    put: function (request, about, step, note, ahead, files) {
      // A step of nobody would never be sent or shown.
      if (!owner) return Promise.reject(new Error("The queue is not open."));
      var entry = { key: key(), user: owner, request: request, about: about, step: step, note: note, ahead: ahead };
      entry.at = new Date().toISOString();
      entry.sent = [];
      entry.refused = null;
      entry.files = Array.prototype.map.call(files, function (file) {
        return { blob: file, name: file.name };
      });
      var written = writing
        .then(mine)
        .then(function (all) {
          // What is done after a refusal goes before what was refused: it may be what was missing.
          var stuck = all.find(function (one) {
            return one.request === request && one.refused;
          });
          var most = all.reduce(function (most, one) {
            return Math.max(most, one.place);
          }, 0);
          entry.place = stuck ? stuck.place : most + 1;
          entry.turn = stuck ? Date.now() : 0;
          return save(entry);
        });
      writing = written.catch(function () {});
      return written.then(function () {
        var answer = new Promise(function (resolve) {
          waiters[entry.key] = resolve;
        });
        flush();
        return answer;
      });
    },
    // What waits, in order, as JSON: without the photos themselves, and without a step whose answer is on its way.
    list: function () {
      return mine().then(function (all) {
        var shown = all.filter(function (one) {
          return !waiters[one.key];
        });
        return JSON.stringify(
          shown.map(function (one) {
            var ahead = one.ahead ? JSON.parse(one.ahead) : {};
            return {
              key: one.key,
              request: one.request,
              about: one.about,
              note: one.note,
              at: one.at,
              refused: one.refused,
              ahead: ahead,
              photos: one.files.length,
            };
          }),
        );
      });
    },
    // Tries once more what was refused; `now` gives it the present time.
    again: function (which, now) {
      return mine().then(function (all) {
        var entry = all.find(function (one) {
          return one.key === which;
        });
        if (!entry) return null;
        entry.refused = null;
        // An upload that found no place is forgotten by the server after a day.
        entry.sent = [];
        if (now) entry.at = new Date().toISOString();
        return save(entry).then(function () {
          tell();
          return flush();
        });
      });
    },
    drop: function (which) {
      return remove(which).then(function () {
        tell();
        return flush();
      });
    },
    // Keeps the page as it is now, for when there is no connection.
    keep: function (path) {
      if (planned[path]) return;
      // Many changes at once are one page; a busy day is one every half minute.
      var wait = Math.max(2000, (keptAt[path] || 0) + EVERY - Date.now());
      planned[path] = setTimeout(function () {
        delete planned[path];
        var worker = navigator.serviceWorker && navigator.serviceWorker.controller;
        if (navigator.onLine === false || !worker) return;
        keptAt[path] = Date.now();
        worker.postMessage({ type: "KEEP", path: path });
      }, wait);
    },
    // Whether a page was kept.
    kept: function (path) {
      if (!window.caches) return Promise.resolve(false);
      return caches.match(path).then(Boolean, function () {
        return false;
      });
    },
  };

  function wipe() {
    return caches.keys().then(function (names) {
      return Promise.all(
        names
          .filter(function (name) {
            return name.indexOf("uk-pages-") === 0;
          })
          .map(function (name) {
            return caches.delete(name);
          }),
      );
    });
  }

  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) flush();
  });
  setInterval(flush, EVERY);
  // On a slow line the page may be alive before this script is here; then it opens the queue now.
  window.dispatchEvent(new Event("uk:queue-ready"));
})();
