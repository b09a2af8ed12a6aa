-- Recovery: what nodes remember of an actor after this Redis came back without it (C1).

-- The log has each of these, seq, head, epoch and line in ARGV, or the journal does.
local function has_all(names, args, count)
  local stored = redis.call('HMGET', names.actor, 'head', 'seq', 'journaled')
  if not stored[1] or tonumber(stored[2]) < tonumber(args[4 * count - 2]) then
    return false
  end
  local lines = {}
  for _, entry in ipairs(redis.call('XRANGE', names.log, args[2] .. '-0', '+', 'COUNT', count)) do
    lines[string.match(entry[1], '^%d+')] = entry[2][2]
  end
  local journaled = tonumber(stored[3] or 0)
  for at = 2, #args, 4 do
    local same = lines[args[at]] == args[at + 3]
    if args[at] == stored[2] and args[at + 1] ~= stored[1] then
      same = false
    end
    if not same and tonumber(args[at]) > journaled then
      return false
    end
  end
  return true
end

-- ARGV: address, then seq, head, epoch, line of each record that a node remembers, ascending.
local function remember(keys, args)
  local names = names_of(keys[1], args[1])
  local count = (#args - 1) / 4
  if not names or count < 1 or count % 1 ~= 0 then
    return bad('expected the key of an actor and records')
  end
  if has_all(names, args, count) then
    return 'there'
  end
  for at = 2, #args, 4 do
    local field = args[at] .. ' ' .. args[at + 1]
    redis.call('HSET', names.kept, field, args[at + 2] .. ' ' .. args[at + 3])
  end
  return 'kept'
end

redis.register_function('toolboxai_2_remember', remember)
