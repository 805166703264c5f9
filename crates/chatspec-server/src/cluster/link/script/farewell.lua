-- Ends a lease. What is left of its members goes out; says how many are still left.
-- node, what it is called, epoch, length of the stream
local node, called, epoch, most = unpack(ARGV)
local held = redis.call('HGET', lease(node), 'epoch')
if held and held ~= epoch then
  return 0
end
redis.call('DEL', lease(node))
if redis.call('GET', at .. ':called:' .. called) == node then
  redis.call('DEL', at .. ':called:' .. called)
end
return reap(node, most)
