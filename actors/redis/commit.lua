-- commit and confirm: compare the head, then write everything or nothing.

-- ARGV: address, expected ('' at a birth), head, envelope, first seq, lengths for the followers,
-- node, its losses in a row, how many records, claims, asks, put, removed, cancelled, not after (''
-- for whenever), the part of the envelope behind which this one goes ('' where it is whole); then
-- records, claims (id, digest, seq), asks (id), put (key, generation, claimable at, lease), removed
-- (key), cancelled (key).
local COMMIT_FIXED = 16
local COMMIT_NOT_AFTER = 15
local COMMIT_ON = 16

local function commit_parts(args)
  local counts = {}
  for at = 1, 6 do
    counts[at] = tonumber(args[8 + at])
    if not counts[at] or counts[at] < 0 then
      return nil
    end
  end
  local parts = {
    records = COMMIT_FIXED,
    records_count = counts[1],
    claims = COMMIT_FIXED + counts[1],
    claims_count = counts[2],
    asks_count = counts[3],
    put_count = counts[4],
    remove_count = counts[5],
    cancel_count = counts[6],
  }
  parts.asks = parts.claims + 3 * counts[2]
  parts.put = parts.asks + counts[3]
  parts.remove = parts.put + 4 * counts[4]
  parts.cancel = parts.remove + counts[5]
  if #args ~= parts.cancel + counts[6] then
    return nil
  end
  return parts
end

local function record_bytes(args, parts)
  local bytes = 0
  for at = 1, parts.records_count do
    bytes = bytes + #args[parts.records + at]
  end
  return bytes
end

-- Claimable at once where nobody holds it; else its holder's word comes first, or the lease's end.
local function cancel_owed(names, key)
  local value = redis.call('HGET', names.owed, key)
  if not value then
    return
  end
  local owed = owed_of(value)
  owed.cancelled = '1'
  redis.call('HSET', names.owed, key, owed_value(owed))
  if owed.lease == '' then
    redis.call('ZADD', names.agenda, now_ms(), names.address .. ' ' .. key)
  end
end

local function write_agenda(names, args, parts, now)
  local at_once = now + AT_ONCE_MS
  local open = parts.cancel_count > 0
  for at = 1, parts.remove_count do
    local key = args[parts.remove + at]
    redis.call('HDEL', names.owed, key)
    redis.call('ZREM', names.agenda, names.address .. ' ' .. key)
  end
  for at = 1, parts.put_count do
    local put = parts.put + 4 * (at - 1)
    local item =
      { generation = args[put + 2], claimable_at = args[put + 3], lease = args[put + 4] }
    put_owed(names, args[put + 1], item)
    open = open or (item.lease == '' and tonumber(item.claimable_at) <= at_once)
  end
  for at = 1, parts.cancel_count do
    cancel_owed(names, args[parts.cancel + at])
  end
  if open then
    redis.call('PUBLISH', 'tb:claimable', '')
  end
end

local function write_envelope(names, args, seq)
  if args[COMMIT_ON] ~= '' then
    local part = string.sub(args[4], 2, PART_ID_CHARS + 1)
    redis.call('HSET', names.actor, 'head', args[3], 'seq', seq, 'part', part)
    redis.call('APPEND', names.deltas, args[4])
    return
  end
  local whole = { 'envelope', args[4], 'part', string.sub(args[4], 1, PART_ID_CHARS) }
  redis.call('HSET', names.actor, 'head', args[3], 'seq', seq, unpack(whole))
  redis.call('DEL', names.deltas)
end

local function write_commit(names, args, parts)
  local first_seq = tonumber(args[5])
  -- First what could fail: an append refuses a seq that the log has already.
  for at = 1, parts.records_count do
    local id = string.format('%.0f-0', first_seq + at - 1)
    redis.call('XADD', names.log, id, 'r', args[parts.records + at])
  end
  local seq = string.format('%.0f', first_seq + parts.records_count - 1)
  write_envelope(names, args, seq)
  put_ids(names, args, parts.claims + 1, parts.claims + 3 * parts.claims_count)
  local now = now_ms()
  write_agenda(names, args, parts, now)
  redis.call('ZADD', names.dirty, 'NX', now, names.address)
  if args[2] == '' then
    redis.call('ZADD', names.actors, 0, names.address)
    redis.call('DEL', names.ticket)
  end
  local lines = table.concat(args, '', parts.records + 1, parts.records + parts.records_count)
  local header = table.concat({ 'R', args[5], args[2], args[3], args[6] }, ' ')
  redis.call('SPUBLISH', names.channel, header .. '\n' .. lines)
end

-- How long the next commit is somebody else's, in ms; 0: it is anybody's, or this node's.
local function wait_of(reserved, node)
  local until_ms, holder = string.match(reserved or '', '^(%d+) (.*)$')
  if not holder or holder == node then
    return 0
  end
  return math.max(0, tonumber(until_ms) - now_ms())
end

-- C11: the third loss in a row reserves the next commit, unless it is somebody's already.
local function lost(names, reserved, node, losses)
  if losses + 1 >= LOSSES_MAX and node ~= '' and wait_of(reserved, '') == 0 then
    local until_ms = string.format('%.0f', now_ms() + RESERVED_MS)
    redis.call('HSET', names.actor, 'reserved', until_ms .. ' ' .. node)
  end
end

local function commit(keys, args)
  local names = names_of(keys[1], args[1])
  local parts = commit_parts(args)
  if not names or not parts or parts.records_count == 0 then
    return bad('expected a commit of an actor, found something else')
  end
  if record_bytes(args, parts) > RECORDS_BYTES_MAX then
    return too_large('expected at most ' .. RECORDS_BYTES_MAX .. ' bytes of records')
  end
  if #args[4] > ENVELOPE_BYTES_MAX then
    return too_large('expected an envelope of at most ' .. ENVELOPE_BYTES_MAX .. ' bytes')
  end
  local stored = redis.call('HMGET', names.actor, 'head', 'seq', 'journaled', 'reserved', 'part')
  if not stored[1] and args[2] ~= '' then
    return { 'absent' }
  end
  if stored[1] and stored[1] ~= args[2] then
    lost(names, stored[4], args[7], tonumber(args[8]) or 0)
    return { 'conflict', envelope_of(names) }
  end
  if args[COMMIT_ON] ~= '' and args[COMMIT_ON] ~= stored[5] then
    return { 'conflict', envelope_of(names) }
  end
  if tonumber(args[5]) ~= tonumber(stored[2] or 0) + 1 then
    return bad('expected records after ' .. (stored[2] or 0) .. ', found ' .. args[5])
  end
  local known = { 'known' }
  local claims = {}
  for at = 1, parts.claims_count do
    claims[at] = args[parts.claims + 3 * (at - 1) + 1]
  end
  local accepted = add_known(known, names, claims)
  local asks = {}
  for at = 1, parts.asks_count do
    asks[at] = args[parts.asks + at]
  end
  add_known(known, names, asks)
  if accepted > 0 then
    return known
  end
  local not_after = args[COMMIT_NOT_AFTER]
  if not_after ~= '' and now_ms() > tonumber(not_after) then
    return { 'late' }
  end
  local wait_ms = wait_of(stored[4], args[7])
  if wait_ms > 0 then
    return { 'reserved', string.format('%.0f', wait_ms) }
  end
  if stored[4] then
    redis.call('HDEL', names.actor, 'reserved')
  end
  write_commit(names, args, parts)
  known[1] = 'committed'
  table.insert(known, 2, stored[3] or '0')
  return known
end

-- ARGV: address, head, ids.
local function confirm(keys, args)
  local names = names_of(keys[1], args[1])
  if not names then
    return bad('expected the key of an actor')
  end
  local stored = redis.call('HMGET', names.actor, 'head', 'journaled')
  if not stored[1] then
    return { 'absent' }
  end
  local reply = { 'current', stored[2] or '0' }
  if stored[1] ~= args[2] then
    reply = { 'moved', envelope_of(names) }
  end
  local asks = {}
  for at = 3, #args do
    asks[at - 2] = args[at]
  end
  add_known(reply, names, asks)
  return reply
end

-- ARGV: address. Replies head, seq, envelope.
local function inspect(keys, args)
  local names = names_of(keys[1], args[1])
  if not names then
    return bad('expected the key of an actor')
  end
  local stored = redis.call('HMGET', names.actor, 'head', 'seq')
  if not stored[1] then
    return {}
  end
  return { stored[1], stored[2], envelope_of(names) }
end

redis.register_function('toolboxai_2_commit', commit)
redis.register_function({
  function_name = 'toolboxai_2_inspect',
  callback = inspect,
  flags = { 'no-writes' },
})
redis.register_function({
  function_name = 'toolboxai_2_confirm',
  callback = confirm,
  flags = { 'no-writes' },
})
