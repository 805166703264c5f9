-- Takes members of a dead node out, and says how many are left.
-- node, length of the stream
local node, most = unpack(ARGV)
if redis.call('EXISTS', lease(node)) == 1 then
  return -1
end
return reap(node, most)
