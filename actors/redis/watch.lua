-- What followers read beside their channel, and the beats of nodes.

-- ARGV: address, after, limit. Replies head and seq, then seq and line of each record after.
local function tail(keys, args)
  local names = names_of(keys[1], args[1])
  if not names then
    return bad('expected the key of an actor')
  end
  local stored = redis.call('HMGET', names.actor, 'head', 'seq')
  if not stored[1] then
    return {}
  end
  local reply = { stored[1], stored[2] }
  local limit = tonumber(args[3])
  if limit > 0 then
    local entries =
      redis.call('XRANGE', names.log, '(' .. args[2] .. '-0', '+', 'COUNT', limit)
    for _, entry in ipairs(entries) do
      reply[#reply + 1] = string.match(entry[1], '^%d+')
      reply[#reply + 1] = entry[2][2]
    end
  end
  return reply
end

-- KEYS: actors of one bucket. Replies head and seq of each, two empty strings where none is.
local function heads(keys)
  local reply = {}
  for _, key in ipairs(keys) do
    local stored = redis.call('HMGET', key, 'head', 'seq')
    reply[#reply + 1] = stored[1] or ''
    reply[#reply + 1] = stored[2] or ''
  end
  return reply
end

-- KEYS: the hash of beats; ARGV: node, what it reads.
local function beat(keys, args)
  local at = string.format('%.0f', now_ms())
  redis.call('HSET', keys[1], args[1], at .. ' ' .. args[2])
  return at
end

-- KEYS: the hash of beats; ARGV: node, and its last beat that is known to the caller.
local function forget(keys, args)
  local beat_at = string.match(redis.call('HGET', keys[1], args[1]) or '', '^%d+')
  local at = tonumber(beat_at)
  if not at or at > tonumber(args[2]) then
    return 'kept'
  end
  redis.call('HDEL', keys[1], args[1])
  return 'done'
end

redis.register_function({
  function_name = 'toolboxai_2_tail',
  callback = tail,
  flags = { 'no-writes' },
})
redis.register_function({
  function_name = 'toolboxai_2_heads',
  callback = heads,
  flags = { 'no-writes' },
})
redis.register_function('toolboxai_2_beat', beat)
redis.register_function('toolboxai_2_forget', forget)
