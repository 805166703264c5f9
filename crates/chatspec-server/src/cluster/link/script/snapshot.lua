-- Who is where, and up to where of the stream: position, id of the last entry, and for each node its name and its members.
local last = redis.call('XREVRANGE', at .. ':stream', '+', '-', 'COUNT', 1)
local reply = { redis.call('GET', at .. ':position') or '0', last[1] and last[1][1] or '0-0' }
for _, node in ipairs(redis.call('SMEMBERS', nodes)) do
  table.insert(reply, { node, redis.call('HGETALL', members(node)) })
end
return reply
