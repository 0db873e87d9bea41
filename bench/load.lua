-- Replays the calls of a file, each line `METHOD<tab>PATH<tab>BODY`, in a fixed pseudo-random order.
local calls, headers = {}, {}
for line in io.lines(os.getenv("CALLS")) do
  local method, path, body = line:match("^(%S+)\t(%S+)\t?(.*)$")
  table.insert(calls, { method, path, body ~= "" and body or nil })
end
for pair in (os.getenv("HEADERS") or ""):gmatch("[^\n]+") do
  local name, value = pair:match("^(.-): (.*)$")
  headers[name] = value
end
function init() math.randomseed(7) end
function request()
  local call = calls[math.random(1, #calls)]
  return wrk.format(call[1], call[2], headers, call[3])
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %.0f %.2f %.2f %d\n", summary.requests, summary.duration,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, e.status + e.connect + e.read + e.write + e.timeout))
end
