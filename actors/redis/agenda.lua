-- The agenda: claiming what falls due, renewing and releasing it, by the store's own time.

-- KEYS: agendas; ARGV: limit, lease in ms, node. The attempt is counted and the lease is drawn
-- before anyone begins. Replies address, key, generation, claimable at, attempt, lease and whether
-- it was begun before of each.
local function claim(keys, args)
  local limit, lease_ms, node = tonumber(args[1]), tonumber(args[2]), args[3]
  if not limit or not lease_ms then
    return bad('expected a limit and a lease in ms')
  end
  local now = now_ms()
  local due = {}
  for _, key in ipairs(keys) do
    local members =
      redis.call('ZRANGEBYSCORE', key, '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit)
    local base = string.sub(key, 1, -1 - #'agenda')
    for at = 1, #members, 2 do
      due[#due + 1] = { base = base, member = members[at], at = tonumber(members[at + 1]) }
    end
  end
  table.sort(due, function(one, two)
    if one.at ~= two.at then
      return one.at < two.at
    end
    return one.member < two.member
  end)
  local reply = {}
  local until_ms = string.format('%.0f', now + lease_ms)
  for at = 1, math.min(limit, #due) do
    local base, member = due[at].base, due[at].member
    local address, item = string.match(member, '^(%S+) (.*)$')
    local owed = redis.call('HGET', base .. 'o:' .. address, item)
    if not owed then
      -- The agenda is an index: what no actor owes any more does not belong here.
      redis.call('ZREM', base .. 'agenda', member)
    else
      local found = owed_of(owed)
      found.attempt = string.format('%.0f', tonumber(found.attempt) + 1)
      found.begun = found.begun == '0' and '0' or '2'
      local drawn = redis.call('INCR', base .. 'leases')
      found.lease = table.concat({ node, drawn, string.format('%.0f', now) }, '.')
      redis.call('HSET', base .. 'o:' .. address, item, owed_value(found))
      redis.call('ZADD', base .. 'agenda', until_ms, member)
      local fields =
        { address, item, found.generation, until_ms, found.attempt, found.lease, found.begun }
      for _, field in ipairs(fields) do
        reply[#reply + 1] = field
      end
    end
  end
  return reply
end

-- What is owed, when this lease of this generation still holds, else nil.
local function held(names, item, generation, lease)
  local value = redis.call('HGET', names.owed, item)
  local owed = value and owed_of(value)
  if not owed or lease == '' or owed.generation ~= generation or owed.lease ~= lease then
    return nil
  end
  return owed
end

local function keep(keys, args, begins)
  local names = names_of(keys[1], args[1])
  local lease_ms = tonumber(args[5])
  if not names or not lease_ms then
    return bad('expected the key of an actor and a lease in ms')
  end
  local owed = held(names, args[2], args[3], args[4])
  if not owed or owed.cancelled == '1' then
    return 'lost'
  end
  if begins then
    owed.begun = owed.begun == '0' and '1' or owed.begun
    redis.call('HSET', names.owed, args[2], owed_value(owed))
  end
  redis.call('ZADD', names.agenda, now_ms() + lease_ms, names.address .. ' ' .. args[2])
  return 'done'
end

-- ARGV: address, key, generation, lease, lease in ms.
local function begin(keys, args)
  return keep(keys, args, true)
end

-- ARGV: address, key, generation, lease, lease in ms.
local function renew(keys, args)
  return keep(keys, args, false)
end

-- ARGV: address, key, generation, lease, lease in ms. Its node is at work, whatever this Redis has
-- lost of that, be it that it is owed at all.
local function resume(keys, args)
  local names = names_of(keys[1], args[1])
  local lease_ms = tonumber(args[5])
  if not names or not lease_ms then
    return bad('expected the key of an actor and a lease in ms')
  end
  local value = redis.call('HGET', names.owed, args[2])
  local owed = value and owed_of(value)
  if owed and tonumber(owed.generation) > tonumber(args[3]) then
    return 'lost'
  end
  if not owed or owed.generation ~= args[3] then
    owed = { generation = args[3], attempt = '1', cancelled = '0' }
  end
  owed.begun = '1'
  owed.lease = args[4]
  redis.call('HSET', names.owed, args[2], owed_value(owed))
  redis.call('ZADD', names.agenda, now_ms() + lease_ms, names.address .. ' ' .. args[2])
  return 'done'
end

-- ARGV: address, key, generation, lease, claimable at, attempts to take back.
local function release(keys, args)
  local names = names_of(keys[1], args[1])
  local claimable_at, back = tonumber(args[5]), tonumber(args[6])
  if not names or not claimable_at or not back then
    return bad('expected the key of an actor, a time and a count')
  end
  local owed = held(names, args[2], args[3], args[4])
  if not owed then
    return 'lost'
  end
  owed.attempt = string.format('%.0f', tonumber(owed.attempt) - back)
  owed.begun = owed.begun == '1' and '0' or owed.begun
  owed.lease = ''
  redis.call('HSET', names.owed, args[2], owed_value(owed))
  redis.call('ZADD', names.agenda, claimable_at, names.address .. ' ' .. args[2])
  return 'done'
end

-- ARGV: address, key, generation, lease.
local function drop(keys, args)
  local names = names_of(keys[1], args[1])
  if not names then
    return bad('expected the key of an actor')
  end
  if not held(names, args[2], args[3], args[4]) then
    return 'lost'
  end
  redis.call('HDEL', names.owed, args[2])
  redis.call('ZREM', names.agenda, names.address .. ' ' .. args[2])
  return 'done'
end

redis.register_function('toolboxai_2_claim', claim)
redis.register_function('toolboxai_2_begin', begin)
redis.register_function('toolboxai_2_renew', renew)
redis.register_function('toolboxai_2_resume', resume)
redis.register_function('toolboxai_2_release', release)
redis.register_function('toolboxai_2_drop', drop)
