-- For wrk: the request that $BENCH_REQUEST names, over and over, and one line of figures at the end:
-- requests, microseconds, answers that were no success, and the 50th and 99th percentile of the latency in microseconds.
local token = os.getenv("HERALD_TOKEN")
local name = os.getenv("BENCH_REQUEST")
local count = 0

local function conversation(number)
    return '{"topic":"Rest ' .. number .. '","threads":[{"posts":[{"body":{"contentType":"html","content":'
        .. '"<p>Contoso cares about you: Rest and Recharge</p>"},"newParticipants":[{"emailAddress":'
        .. '{"name":"Adele Vance","address":"AdeleV@contoso.example"}}]}]}]}'
end

local announcement = '{"topic":"Take your wellness days and rest","threads":[{"posts":[{"body":{"contentType":"html",'
    .. '"content":"<p>Contoso cares about you: rest and recharge.</p>"}}]}]}'

local reply = '{"post":{"body":{"contentType":"html","content":"<p>Rest</p>"}}}'

function init(arguments)
    wrk.headers["Authorization"] = "Bearer " .. token
    wrk.headers["Content-Type"] = "application/json"
end

function request()
    count = count + 1
    if name == "create" then return wrk.format("POST", nil, nil, conversation(count)) end
    if name == "announce" then return wrk.format("POST", nil, nil, announcement) end
    if name == "reply" then return wrk.format("POST", nil, nil, reply) end
    return wrk.format("GET")
end

function done(summary, latency)
    local errors = summary.errors
    print(string.format(
        "FIGURES %d %d %d %d %d", summary.requests, summary.duration,
        errors.status + errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
