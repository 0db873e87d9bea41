-- Payments as a provider makes them: a first call with a new transaction, and the second when its answer has come.
-- KIND payme or click, PATH, FIELD (Payme's name of the account), ACCOUNTS (numbers with commas), START (a new one each
-- take), SERVICE and KEY of Click.
local bit = require("bit")
local kind, path, field = os.getenv("KIND"), os.getenv("PATH_"), os.getenv("FIELD")
local start, service, key = tonumber(os.getenv("START")), os.getenv("SERVICE"), os.getenv("KEY")
local accounts, headers, began, ready = {}, {}, {}, {}
for number in os.getenv("ACCOUNTS"):gmatch("[^,]+") do table.insert(accounts, number) end
for pair in (os.getenv("HEADERS") or ""):gmatch("[^\n]+") do
  local name, value = pair:match("^(.-): (.*)$")
  headers[name] = value
end
local count, AMOUNT = 0, 15075000
bad, pairs_done = 0, 0
local threads_ = {}
function setup(thread) table.insert(threads_, thread) end
function init() math.randomseed(7) end

-- MD5 of a short text (Click signs by it); RFC 1321.
local K, S = {}, { 7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21 }
for i = 0, 63 do K[i] = bit.tobit(math.floor(math.abs(math.sin(i + 1)) * 4294967296)) end
local function word(n)
  return string.char(bit.band(n, 255), bit.band(bit.rshift(n, 8), 255), bit.band(bit.rshift(n, 16), 255), bit.rshift(n, 24))
end
local function md5(text)
  local data = text .. "\128" .. string.rep("\0", (55 - #text) % 64) .. word(#text * 8) .. "\0\0\0\0"
  local a0, b0, c0, d0 = 0x67452301, bit.tobit(0xefcdab89), bit.tobit(0x98badcfe), 0x10325476
  for at = 1, #data, 64 do
    local M = {}
    for i = 0, 15 do
      local x, y, z, w = data:byte(at + i * 4, at + i * 4 + 3)
      M[i] = bit.bor(x, bit.lshift(y, 8), bit.lshift(z, 16), bit.lshift(w, 24))
    end
    local a, b, c, d = a0, b0, c0, d0
    for i = 0, 63 do
      local f, g
      if i < 16 then f, g = bit.bor(bit.band(b, c), bit.band(bit.bnot(b), d)), i
      elseif i < 32 then f, g = bit.bor(bit.band(d, b), bit.band(bit.bnot(d), c)), (5 * i + 1) % 16
      elseif i < 48 then f, g = bit.bxor(b, c, d), (3 * i + 5) % 16
      else f, g = bit.bxor(c, bit.bor(b, bit.bnot(d))), (7 * i) % 16 end
      f = bit.tobit(f + a + K[i] + M[g])
      a, d, c = d, c, b
      b = bit.tobit(b + bit.rol(f, S[math.floor(i / 16) * 4 + i % 4 + 1]))
    end
    a0, b0, c0, d0 = bit.tobit(a0 + a), bit.tobit(b0 + b), bit.tobit(c0 + c), bit.tobit(d0 + d)
  end
  local hex = (word(a0) .. word(b0) .. word(c0) .. word(d0)):gsub(".", function(c) return string.format("%02x", c:byte()) end)
  return hex
end

local function payme(method, n, params)
  return wrk.format("POST", path, headers, string.format('{"method":"%s","id":%d,"params":%s}', method, n, params))
end

local function click(trans, account, prepare)
  local action, amount, time = prepare and "1" or "0", "150750.00", "2026-03-05 14:07:09"
  local sign = md5(trans .. service .. key .. account .. (prepare or "") .. amount .. action .. time)
  local body = string.format("click_trans_id=%s&service_id=%s&click_paydoc_id=%s&merchant_trans_id=%s&amount=%s&action=%s&error=0&error_note=Success&sign_time=%s&sign_string=%s%s",
    trans, service, trans, account, amount, action, (time:gsub(" ", "+"):gsub(":", "%%3A")), sign, prepare and "&merchant_prepare_id=" .. prepare or "")
  return wrk.format("POST", path, headers, body)
end

function request()
  local second = table.remove(ready)
  if kind == "payme" then
    if second then return payme("PerformTransaction", second, string.format('{"id":"%024x"}', second)) end
    count = count + 1
    local n = start + count
    began[n] = true
    return payme("CreateTransaction", n, string.format('{"id":"%024x","time":%d000,"amount":%d,"account":{"%s":"%s"}}',
      n, os.time(), AMOUNT, field, accounts[math.random(1, #accounts)]))
  end
  if second then return click(second[1], second[2], second[3]) end
  count = count + 1
  return click(string.format("%d", start + count), accounts[math.random(1, #accounts)], nil)
end

function response(status, _, body)
  if kind == "payme" then
    local n = tonumber(body:match('"id":(%d+)'))
    if not n or not body:find('"result"', 1, true) then bad = bad + 1
    elseif began[n] then
      began[n] = nil
      table.insert(ready, n)
    else pairs_done = pairs_done + 1 end
    return
  end
  if not body:find('"error":0', 1, true) then bad = bad + 1
  elseif body:find('"merchant_confirm_id":%d') then pairs_done = pairs_done + 1
  else table.insert(ready, { body:match('"click_trans_id":(%d+)'), body:match('"merchant_trans_id":"([^"]+)"'), body:match('"merchant_prepare_id":(%d+)') }) end
end

function done(summary, latency)
  local e, wrong, paid = summary.errors, 0, 0
  for _, thread in ipairs(threads_) do wrong, paid = wrong + thread:get("bad"), paid + thread:get("pairs_done") end
  -- A payment is the unit: both of its calls.
  io.write(string.format("RESULT %d %.0f %.2f %.2f %d\n", paid, summary.duration, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, e.status + e.connect + e.read + e.write + e.timeout + wrong))
end
