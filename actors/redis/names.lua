-- Names of an actor's keys, and words shared by all functions of this library.
--
-- All keys of one actor, and its bucket's indexes, carry one hash tag: {b000} … {b255}.
--   <base>a:<address>  hash    head, seq, envelope: the newest that was written whole; part: the id
--                              of what was written last of it, none where nothing may go behind;
--                              journaled: up to which seq the journal has it;
--                              reserved: "<until> <node>" of the next commit
--   <base>d:<address>  string  deltas: what is read behind the whole envelope
--   <base>l:<address>  stream  the log; the entry <seq>-0 holds the line of record <seq>, behind
--                              its CRC-32 in 8 digits
--   <base>i:<address>  hash    command id -> "<seq> <digest>"
--   <base>o:<address>  hash    key of something owed ->
--                              "<generation> <attempt> <begun> <cancelled> <lease>"
--   <base>k:<address>  hash    "<seq> <head>" -> "<epoch> <line>": what nodes remember of an actor
--                              after this Redis came back without it, until it is proved
--   <base>t:<address>  string  ticket of a hydration, while there is no actor
--   <base>agenda       zset    "<address> <key>" by when it may be claimed
--   <base>dirty        zset    address by since when the journal lacks something
--   <base>actors       zset    address, all of one score: walked by name
--   <base>leases       integer leases drawn so far
--   <base>c:<address>  sharded channel
--   tb:claimable       channel of everybody: something was left claimable at once
-- Nothing here rolls back: a function checks everything before its first write, then only writes.

-- Of each record 8 bytes are its checksum.
local RECORDS_BYTES_MAX = 4194304 + 64 * 8
local ENVELOPE_BYTES_MAX = 8388608
local INSTALL_BYTES_MAX = 16777216 + 1000 * 8
local PART_ID_CHARS = 16
local TICKET_MS = 60000
local LOG_KEPT = 512
local ASIDE = 'aside.'
local LOSSES_MAX = 3
local RESERVED_MS = 50
local AT_ONCE_MS = 50

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Of an actor's own keys, each made when it is first asked for: a commit needs half of them.
local OWN = { deltas = 'd:', log = 'l:', ids = 'i:', owed = 'o:' }
OWN.ticket, OWN.kept, OWN.channel = 't:', 'k:', 'c:'
local LAZY = {
  __index = function(names, key)
    local own = OWN[key]
    local name = own and names.base .. own .. names.address or names.base .. key
    names[key] = name
    return name
  end,
}

-- The names that belong to KEYS[1] = <base>a:<address>; nil when the two do not agree. What is no
-- key of the actor's own is an index of its bucket.
local function names_of(key, address)
  local base = string.sub(key, 1, #key - #address - 2)
  if key ~= base .. 'a:' .. address or not string.match(base, '^tb:{b%d%d%d}:$') then
    return nil
  end
  return setmetatable({ base = base, address = address, actor = key }, LAZY)
end

-- With the deltas behind it.
local function envelope_of(names)
  local whole = redis.call('HGET', names.actor, 'envelope')
  return (whole or '') .. (redis.call('GET', names.deltas) or '')
end

local function bad(sentence)
  return redis.error_reply('RANGE ' .. sentence)
end

local function too_large(sentence)
  return redis.error_reply('TOOLARGE ' .. sentence)
end

-- Appends idKey, seq, digest of those ids that are known. One that cannot be read is known all the
-- same, of no record: whoever sends it again is not answered before it is mended.
local function add_known(reply, names, id_keys)
  if #id_keys == 0 then
    return 0
  end
  local values = redis.call('HMGET', names.ids, unpack(id_keys))
  local found = 0
  for at, value in ipairs(values) do
    if value then
      local seq, digest = string.match(value, '^(%d+) (.*)$')
      reply[#reply + 1] = id_keys[at]
      reply[#reply + 1] = seq or '0'
      reply[#reply + 1] = digest or ''
      found = found + 1
    end
  end
  return found
end

-- begun: 0 not, 1 under the lease of now, 2 under one that has lapsed. A lease of '' is nobody's.
local function owed_value(owed)
  local fields = { owed.generation, owed.attempt, owed.begun, owed.cancelled, owed.lease }
  return table.concat(fields, ' ')
end

local function owed_of(value)
  local generation, attempt, begun, cancelled, lease =
    string.match(value, '^(%-?%d+) (%d+) (%d) (%d) (.*)$')
  return {
    generation = generation,
    attempt = attempt,
    begun = begun,
    cancelled = cancelled,
    lease = lease,
  }
end

-- Writes ids, each as id, digest, seq in args 'from' to 'to', in as few calls as the stack lets.
local IDS_AT_ONCE = 1000

local function put_ids(names, args, from, to)
  local fields = {}
  for at = from, to, 3 do
    fields[#fields + 1] = args[at]
    fields[#fields + 1] = args[at + 2] .. ' ' .. args[at + 1]
    if #fields >= 2 * IDS_AT_ONCE or at + 3 > to then
      redis.call('HSET', names.ids, unpack(fields))
      fields = {}
    end
  end
end

-- Who puts it with a lease has begun to count its attempts.
local function put_owed(names, key, item, begun)
  local owed = {
    generation = item.generation,
    attempt = item.lease == '' and '0' or '1',
    begun = begun or '0',
    cancelled = '0',
    lease = item.lease,
  }
  redis.call('HSET', names.owed, key, owed_value(owed))
  redis.call('ZADD', names.agenda, item.claimable_at, names.address .. ' ' .. key)
end
