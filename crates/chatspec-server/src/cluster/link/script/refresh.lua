-- Keeps a lease, and names those nodes that have none.
-- node, what it is called, epoch, milliseconds
local node, called, epoch, ttl = unpack(ARGV)
if redis.call('HGET', lease(node), 'epoch') ~= epoch then
  return { 'lost' }
end
redis.call('PEXPIRE', lease(node), ttl)
redis.call('SET', at .. ':called:' .. called, node, 'PX', ttl)
local reply = { 'ok' }
for _, other in ipairs(redis.call('SMEMBERS', nodes)) do
  if redis.call('EXISTS', lease(other)) == 0 then
    table.insert(reply, other)
  end
end
table.insert(reply, 2, text(redis.call('SCARD', nodes)))
return reply
