-- What all scripts share. KEYS[1] is the prefix of all keys, and the only one: they live in one place.
--   :stream     what happens, one entry after the other
--   :position   the number of the last entry
--   :entered    the last place in a room's order that was given
--   :names      who holds a name: its key to "node session"
--   :looks      what names look like: how many of ASCII alone look so, or -1 for a single other one
--   :nodes      nodes that may have members
--   :node:N     the lease of N: its epoch, and the last number that it has written
--   :members:N  the members of N: session to what is known of it
--   :called:C   the node that an operator calls C
local at = KEYS[1]
local names, looks, nodes = at .. ':names', at .. ':looks', at .. ':nodes'

local function lease(node)
  return at .. ':node:' .. node
end

local function members(node)
  return at .. ':members:' .. node
end

local function text(number)
  return string.format('%.0f', number)
end

local function write(most, ...)
  local position = redis.call('INCR', at .. ':position')
  redis.call('XADD', at .. ':stream', 'MAXLEN', '~', most, '*', 'v', '1', 'p', text(position), ...)
end

-- Frees the name of a member, and what it looks like.
local function give_back(node, session, member)
  if redis.call('HGET', names, member.key) == node .. ' ' .. session then
    redis.call('HDEL', names, member.key)
  end
  local alike = tonumber(redis.call('HGET', looks, member.look) or '0')
  if member.ascii == '1' and alike > 1 then
    redis.call('HSET', looks, member.look, text(alike - 1))
  else
    redis.call('HDEL', looks, member.look)
  end
end

-- Takes a member out, and says so. Whoever does it for another node gives 0 as its number.
local function depart(node, session, sequence, most)
  local kept = redis.call('HGET', members(node), session)
  if kept then
    give_back(node, session, cjson.decode(kept))
    redis.call('HDEL', members(node), session)
    write(most, 'n', node, 'q', sequence, 'k', 'leave', 's', session)
  end
end

-- Takes some of a node's members out, and says how many are left.
local function reap(node, most)
  local some = redis.call('HSCAN', members(node), '0', 'COUNT', 500)[2]
  for n = 1, #some, 2 do
    depart(node, some[n], '0', most)
  end
  local left = redis.call('HLEN', members(node))
  if left == 0 then
    redis.call('SREM', nodes, node)
  end
  return left
end
