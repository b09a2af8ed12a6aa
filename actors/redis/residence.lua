-- Coming and going: tickets of hydrations, installing, evicting, the dirty set and the walk.

-- ARGV: address, ticket. A later ticket voids the earlier: a hydrator may have died.
local function reserve(keys, args)
  local names = names_of(keys[1], args[1])
  if not names then
    return bad('expected the key of an actor')
  end
  if redis.call('EXISTS', names.actor) == 1 then
    return 'present'
  end
  redis.call('SET', names.ticket, args[2], 'PX', TICKET_MS)
  return 'reserved'
end

-- What an installation is made of, in ARGV after the address and a word that names its right:
-- head, seq, envelope, first seq, how many records, ids, items; then records, ids (id, digest,
-- seq), items (key, generation, claimable at, begun). Nil and a reply when it contradicts itself.
local function installation(args)
  local records, ids, items = tonumber(args[7]), tonumber(args[8]), tonumber(args[9])
  if not records or not ids or not items then
    return nil, bad('expected an installation of an actor, found something else')
  end
  local parts = { records = records, ids_from = 9 + records, items_from = 9 + records + 3 * ids }
  parts.items_to = parts.items_from + 4 * items
  if #args ~= parts.items_to or tonumber(args[6]) + records - 1 ~= tonumber(args[4]) then
    return nil, bad('expected records up to the seq, found another number of them')
  end
  local bytes = #args[5]
  for at = 1, records do
    bytes = bytes + #args[9 + at]
  end
  if bytes > INSTALL_BYTES_MAX then
    return nil, too_large('expected at most ' .. INSTALL_BYTES_MAX .. ' bytes')
  end
  return parts
end

-- The actor owes just the items of ARGV from..to: those that are there keep lease and time, and
-- with 'doubts' are begun where either says so.
local function owe_just(names, args, from, to, doubts)
  local wanted = {}
  for at = from + 1, to, 4 do
    wanted[args[at]] = args[at + 1]
  end
  local owed = redis.call('HGETALL', names.owed)
  local kept = {}
  for at = 1, #owed, 2 do
    local generation = string.match(owed[at + 1], '^(%-?%d+) ')
    if wanted[owed[at]] == generation then
      kept[owed[at]] = owed[at + 1]
    else
      redis.call('HDEL', names.owed, owed[at])
      redis.call('ZREM', names.agenda, names.address .. ' ' .. owed[at])
    end
  end
  for at = from + 1, to, 4 do
    local key, begun = args[at], args[at + 3]
    if not kept[key] then
      local item = { generation = args[at + 1], claimable_at = args[at + 2], lease = '' }
      put_owed(names, key, item, begun)
    else
      local there = owed_of(kept[key])
      if doubts and there.begun == '0' then
        there.begun = begun
        redis.call('HSET', names.owed, key, owed_value(there))
      end
      redis.call('ZADD', names.agenda, 'NX', args[at + 2], names.address .. ' ' .. key)
    end
  end
end

local function write_installation(names, args, parts)
  redis.call('DEL', names.ticket, names.log, names.ids, names.deltas)
  for at = 1, parts.records do
    local id = string.format('%.0f-0', tonumber(args[6]) + at - 1)
    redis.call('XADD', names.log, id, 'r', args[9 + at])
  end
  local fields = { 'head', args[3], 'seq', args[4], 'envelope', args[5], 'journaled', args[4] }
  redis.call('HSET', names.actor, unpack(fields))
  redis.call('HDEL', names.actor, 'part')
  put_ids(names, args, parts.ids_from + 1, parts.items_from)
  owe_just(names, args, parts.items_from, parts.items_to, true)
  redis.call('ZADD', names.actors, 0, names.address)
  redis.call('ZREM', names.dirty, names.address)
  redis.call('SPUBLISH', names.channel, 'I ' .. args[4] .. ' ' .. args[3])
end

-- ARGV: address, ticket, installation.
local function install(keys, args)
  local names = names_of(keys[1], args[1])
  if not names then
    return bad('expected the key of an actor')
  end
  local parts, fault = installation(args)
  if not parts then
    return fault
  end
  if redis.call('EXISTS', names.actor) == 1 or redis.call('GET', names.ticket) ~= args[2] then
    return 'lost'
  end
  write_installation(names, args, parts)
  return 'installed'
end

-- ARGV: address, the head that is stored, installation.
local function restore(keys, args)
  local names = names_of(keys[1], args[1])
  if not names then
    return bad('expected the key of an actor')
  end
  local parts, fault = installation(args)
  if not parts then
    return fault
  end
  if redis.call('HGET', names.actor, 'head') ~= args[2] then
    return 'lost'
  end
  write_installation(names, args, parts)
  return 'restored'
end

-- ARGV: address, the head that is stored. A head that no commit expects keeps every commit away.
local function set_aside(keys, args)
  local names = names_of(keys[1], args[1])
  if not names then
    return bad('expected the key of an actor')
  end
  if redis.call('HGET', names.actor, 'head') ~= args[2] then
    return 'lost'
  end
  redis.call('HSET', names.actor, 'head', ASIDE .. args[2])
  return 'aside'
end

-- ARGV: address, head, items (key, generation, claimable at, begun).
local function reindex(keys, args)
  local names = names_of(keys[1], args[1])
  if not names or (#args - 2) % 4 ~= 0 then
    return bad('expected the key of an actor and what it owes')
  end
  local stored = redis.call('HMGET', names.actor, 'head', 'seq', 'journaled')
  if stored[1] ~= args[2] then
    return 'moved'
  end
  owe_just(names, args, 2, #args, false)
  redis.call('ZADD', names.actors, 0, names.address)
  if tonumber(stored[3] or 0) < tonumber(stored[2]) then
    redis.call('ZADD', names.dirty, 'NX', now_ms(), names.address)
  end
  return 'done'
end

-- ARGV: address, head, ids (id, digest, seq).
local function reclaim(keys, args)
  local names = names_of(keys[1], args[1])
  if not names or (#args - 2) % 3 ~= 0 then
    return bad('expected the key of an actor and command ids')
  end
  if redis.call('HGET', names.actor, 'head') ~= args[2] then
    return 'moved'
  end
  put_ids(names, args, 3, #args)
  return 'done'
end

-- Something of this actor is at work, was begun, or falls due by then.
local function holds(names, due_after)
  local owed = redis.call('HGETALL', names.owed)
  for at = 1, #owed, 2 do
    local found = owed_of(owed[at + 1])
    local score = redis.call('ZSCORE', names.agenda, names.address .. ' ' .. owed[at])
    local at_work = found.lease ~= '' or found.begun ~= '0'
    if at_work or not score or tonumber(score) <= due_after then
      return true
    end
  end
  return false
end

-- ARGV: address, head, due after.
local function evict(keys, args)
  local names = names_of(keys[1], args[1])
  if not names then
    return bad('expected the key of an actor')
  end
  if
    redis.call('HGET', names.actor, 'head') ~= args[2]
    or redis.call('ZSCORE', names.dirty, names.address)
    or redis.call('EXISTS', names.kept) == 1
    or holds(names, tonumber(args[3]))
  then
    return 'kept'
  end
  for _, key in ipairs(redis.call('HKEYS', names.owed)) do
    redis.call('ZREM', names.agenda, names.address .. ' ' .. key)
  end
  redis.call('ZREM', names.actors, names.address)
  redis.call('UNLINK', names.actor, names.deltas, names.log, names.ids, names.owed)
  return 'evicted'
end

-- ARGV: address, seq, head. What is left to copy came after this, so it queues behind those that
-- wait longer.
local function journaled(keys, args)
  local names = names_of(keys[1], args[1])
  if not names then
    return bad('expected the key of an actor')
  end
  local stored = redis.call('HMGET', names.actor, 'head', 'seq')
  if not stored[1] or (stored[1] == args[3] and stored[2] == args[2]) then
    redis.call('ZREM', names.dirty, names.address)
  else
    redis.call('ZADD', names.dirty, 'XX', now_ms(), names.address)
  end
  if stored[1] and tonumber(args[2]) <= tonumber(stored[2]) then
    redis.call('HSET', names.actor, 'journaled', args[2])
    local oldest = string.format('%.0f-0', math.max(0, tonumber(args[2]) - LOG_KEPT) + 1)
    redis.call('XTRIM', names.log, 'MINID', oldest)
  end
  return 'done'
end

-- KEYS: dirty sets; ARGV: limit. Replies address, head, seq, since of each, longest dirty first.
local function dirty(keys, args)
  local limit = tonumber(args[1])
  local found = {}
  for _, key in ipairs(keys) do
    local base = string.sub(key, 1, -1 - #'dirty')
    local members = redis.call('ZRANGE', key, 0, limit - 1, 'WITHSCORES')
    for at = 1, #members, 2 do
      found[#found + 1] = { base = base, address = members[at], since = tonumber(members[at + 1]) }
    end
  end
  table.sort(found, function(one, two)
    if one.since ~= two.since then
      return one.since < two.since
    end
    return one.address < two.address
  end)
  local reply = {}
  for at = 1, math.min(limit, #found) do
    local each = found[at]
    local stored = redis.call('HMGET', each.base .. 'a:' .. each.address, 'head', 'seq')
    if stored[1] then
      reply[#reply + 1] = each.address
      reply[#reply + 1] = stored[1]
      reply[#reply + 1] = stored[2]
      reply[#reply + 1] = string.format('%.0f', each.since)
    end
  end
  return reply
end

-- KEYS: sets of actors in the order of the walk; ARGV: limit, the last address met in the first.
local function walk(keys, args)
  local limit = tonumber(args[1])
  local after = args[2] == '' and '-' or '(' .. args[2]
  local reply = {}
  for _, key in ipairs(keys) do
    local members = redis.call('ZRANGEBYLEX', key, after, '+', 'LIMIT', 0, limit - #reply)
    for _, address in ipairs(members) do
      reply[#reply + 1] = address
    end
    after = '-'
    if #reply >= limit then
      break
    end
  end
  return reply
end

redis.register_function('toolboxai_2_reserve', reserve)
redis.register_function('toolboxai_2_install', install)
redis.register_function('toolboxai_2_restore', restore)
redis.register_function('toolboxai_2_set_aside', set_aside)
redis.register_function('toolboxai_2_reindex', reindex)
redis.register_function('toolboxai_2_reclaim', reclaim)
redis.register_function('toolboxai_2_evict', evict)
redis.register_function('toolboxai_2_journaled', journaled)
redis.register_function({
  function_name = 'toolboxai_2_dirty',
  callback = dirty,
  flags = { 'no-writes' },
})
redis.register_function({
  function_name = 'toolboxai_2_walk',
  callback = walk,
  flags = { 'no-writes' },
})
