-- Writes what a node says, if its lease is still the one under which it says it, and what of it has not been written yet. Names the
-- joins that are denied, by session and request.
-- node, epoch, first number, length of the stream, how many, and of each: kind, number of fields, fields
local node, epoch, first, most, count = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local held = redis.call('HMGET', lease(node), 'epoch', 'sequence')
if held[1] ~= epoch then
  return { 'lost' }
end
local done = tonumber(held[2])
if first + count - 1 > done then
  redis.call('HSET', lease(node), 'sequence', text(first + count - 1))
end

local function join(sequence, session, request, user, room, roomkey, key, look, ascii, restored)
  local kept = redis.call('HGET', members(node), session)
  local old = kept and cjson.decode(kept)
  local holder = redis.call('HGET', names, key)
  if holder and holder ~= node .. ' ' .. session then
    local other, number = string.match(holder, '^(%S+) (%d+)$')
    if not other or redis.call('EXISTS', lease(other)) == 1 then
      return false
    end
    -- Its node is dead, and has not been cleared away yet.
    depart(other, number, '0', most)
    redis.call('HDEL', names, key)
  end
  local alike = tonumber(redis.call('HGET', looks, look) or '0')
  if old and old.look == look then
    alike = old.ascii == '1' and alike - 1 or 0
  end
  if alike < 0 or (alike > 0 and ascii ~= '1') then
    return false
  end
  if old then
    give_back(node, session, old)
  end
  local entered = restored
  if old and old.roomkey == roomkey then
    entered = old.entered
  elseif restored == '' then
    entered = text(redis.call('INCR', at .. ':entered'))
  end
  redis.call('HSET', names, key, node .. ' ' .. session)
  redis.call('HSET', looks, look, ascii == '1' and text(alike + 1) or '-1')
  redis.call('HSET', members(node), session, cjson.encode({
    user = user, room = room, roomkey = roomkey, key = key, look = look, ascii = ascii, entered = entered,
  }))
  write(most, 'n', node, 'q', sequence, 'k', 'join', 's', session, 'r', request, 'u', user, 'm', room, 'e', entered)
  return true
end

local reply = { 'ok' }
local from = 6
for n = 0, count - 1 do
  local sequence, kind, fields = text(first + n), ARGV[from], tonumber(ARGV[from + 1])
  if first + n > done then
    if kind == 'join' then
      if not join(sequence, unpack(ARGV, from + 2, from + 1 + fields)) then
        table.insert(reply, ARGV[from + 2])
        table.insert(reply, ARGV[from + 3])
      end
    elseif kind == 'leave' then
      depart(node, ARGV[from + 2], sequence, most)
    else
      write(most, 'n', node, 'q', sequence, 'k', kind, unpack(ARGV, from + 2, from + 1 + fields))
    end
  end
  from = from + 2 + fields
end
return reply
