-- Begins a lease, or goes on with the one that is there.
-- node, what it is called, milliseconds, its last number, the last place that it knows, a name for this data
local node, called, ttl, sequence, entered, candidate = unpack(ARGV)
local other = redis.call('GET', at .. ':called:' .. called)
if other and other ~= node then
  return { 'taken' }
end
redis.call('SET', at .. ':called:' .. called, node, 'PX', ttl)
redis.call('SET', at .. ':born', candidate, 'NX')
if tonumber(entered) > tonumber(redis.call('GET', at .. ':entered') or '0') then
  redis.call('SET', at .. ':entered', entered)
end
local epoch = redis.call('HGET', lease(node), 'epoch')
if not epoch then
  epoch = text(redis.call('INCR', at .. ':epoch'))
  redis.call('HSET', lease(node), 'epoch', epoch)
  redis.call('HSET', lease(node), 'sequence', sequence)
end
redis.call('PEXPIRE', lease(node), ttl)
redis.call('SADD', nodes, node)
return { 'ok', epoch, redis.call('GET', at .. ':born') }
