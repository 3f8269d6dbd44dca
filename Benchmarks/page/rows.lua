-- What the page shows, in its order: themes, and in each the rows that the benchmarks give, by name. What is aimed at stands
-- here and nowhere else, and so does why an aim is missed: write the sentence here, and it outlives the next measurement.
--
--   aim = at_most(1.3)             of the ratio, Herald's figure to the peer's
--   aim = value_at_most(57 * MiB)  of Herald's figure, in seconds or bytes
--   why = "…"                      shown while the aim is missed

local MiB <const> = 1024 * 1024

local function at_most(limit) return { of = "ratio", most = limit } end
local function at_least(limit) return { of = "ratio", least = limit } end
local function value_at_most(limit) return { of = "value", most = limit } end

-- Reasons that several rows have.
local writing <const> = "two files are written durably, and the store's and the ledger's thread wait for the file system as the C program does; besides, each text is rendered and checked, each group looked up and each answer recorded, and two cores are busy with both threads and the rendering"
local listed <const> = "the list of the groups, as it was read, and the ids of its targets are kept in memory, a fifth of a KiB a group"
local inserting <const> = "raw inserts of the same rows, in as many commits, take more than the constant route for the whole of a request (below), so that both together are above the aim; the rest is JSON both ways, cleaning and previewing the body, permissions, the line of the log, and the way to the one thread that writes and back"
local getting <const> = "about half of it is HTTP: parsing, limits on what comes in, checks of what goes out, and writing to the socket; a quarter is the store with its query, a tenth the line of the log, and the rest permissions, JSON and framing; the constant route has no limits, no log, no caller and no store"

local themes = {
    {
        title = "Calls and values in a script",
        about = [[
A host call is a script's way into Herald: `announce`, `graph.get`, `json.encode`. Its arguments cross as JSON, whatever they
are, so that no Lua value is ever seen from Swift; a plain C function in stock Lua, which reads the stack directly, is the
least that it could cost. Processor time of the thread.]],
        rows = {
            {
                "call.empty", aim = at_most(1.3),
                why = "a call looks whether memory is short, notes that the host is at work, since that does not count as the script's time, and goes through a pointer to the host: some nanoseconds, which are much beside a function that does nothing at all; on an AMD EPYC the same was 1.13 of it",
            },
            { "call.integer", aim = at_most(1.6) },
            { "call.conversation" },
            {
                "json.model", aim = at_most(1.0),
                why = "the bridge alone takes less than lua-cjson; reading a model of Swift values from its bytes, which checks every member, and writing it again is the rest",
            },
            { "script.now" },
            { "script.encode" },
            { "script.decode" },
        },
    },
    {
        title = "JSON",
        about = [[
What `json.encode` and `json.decode` do, on the same tables and the same text as lua-cjson. Herald's refuses what RFC 8259
refuses, keeps 64-bit integers exact and writes all the digits that a number needs; lua-cjson writes 14.]],
        rows = {
            { "json.page.encode", aim = at_least(1.3) },
            { "json.page.decode", aim = at_least(1.3) },
            { "json.sample.encode" },
            { "json.sample.decode" },
            { "json.floats.encode" },
            { "json.floats.decode" },
        },
    },
    {
        title = "What limits and accounting cost",
        about = [[
The same script under Herald's limits of memory and time, and in a stock `lua5.4` with nothing of the kind. Processor time of
the thread.]],
        rows = {
            { "limits.loop", aim = at_most(1.03) },
            { "limits.calls", aim = at_most(1.03) },
            { "limits.strings", aim = at_most(1.03) },
            { "limits.tables", aim = at_most(1.08) },
            { "limits.sort" },
        },
    },
    {
        title = "Announcing on the embedded store",
        about = [[
`herald run` of a script that announces to every group, from the start of the process to its end: rendering, checks, ledger,
store. Beside it a C program that makes the same rows in both files with prepared statements, in as many commits, as durable;
it renders nothing, checks nothing and asks nobody.]],
        rows = {
            { "announce.10000.rate", aim = at_least(0.75), why = writing },
            { "announce.10000.processor" },
            { "announce.10000.memory" },
            { "announce.10000.above", aim = value_at_most(57 * MiB) },
            { "announce.10000.allocations" },
            { "announce.100000.rate", aim = at_least(0.75), why = writing },
            { "announce.100000.processor" },
            { "announce.100000.memory" },
            { "announce.100000.above", aim = value_at_most(57 * MiB) },
            { "announce.100000.allocations" },
        },
    },
    {
        title = "Planning, applying, going on",
        about = [[
`herald plan` renders and checks everything and keeps it; `herald apply` looks at each target once more and sends it. Beside
each the C program that makes the same rows. `herald resume` goes on with a run that was killed near its end: the time until
another process can read its first new post.]],
        rows = {
            { "plan.10000.make.rate" },
            { "plan.10000.make.processor" },
            { "plan.10000.make.above", aim = value_at_most(57 * MiB) },
            { "plan.10000.apply.rate" },
            { "plan.10000.apply.processor" },
            { "plan.10000.apply.above", aim = value_at_most(57 * MiB) },
            { "plan.100000.make.rate" },
            { "plan.100000.make.processor" },
            { "plan.100000.make.memory" },
            { "plan.100000.make.above", aim = value_at_most(57 * MiB) },
            { "plan.100000.apply.rate" },
            { "plan.100000.apply.processor" },
            { "plan.100000.apply.memory" },
            { "plan.100000.apply.above", aim = value_at_most(57 * MiB) },
            { "resume.100000.first", aim = value_at_most(1) },
            { "resume.100000.end" },
        },
    },
    {
        title = "Growth",
        about = [[
One run that announces to every group of a store, one plan of it, and the import of the groups, at each size. The start of the
process is taken off.]],
        matrix = {
            sizes = { 1000, 10000, 100000, 1000000 },
            rows = {
                "growth.announce.clock", "growth.announce.processor", "growth.announce.store", "growth.announce.ledger",
                "growth.announce.memory", "growth.plan.clock", "growth.plan.processor", "growth.plan.ledger",
                "growth.plan.memory", "growth.import.clock", "growth.import.processor", "growth.import.file",
            },
        },
        plot = "growth",
        after = "The highest of these beside the lowest; memory from 10,000 groups on.",
        rows = {
            {
                "growth.announce.clock", aim = at_most(1.3),
                why = "the rows of a store with a million groups lie under three indexes by random ids (conversations and threads by their group, and keys), whose pages no longer fit into the caches: a post has some 50 KB written, where it has 32 among 100,000 groups; the store would have to number its groups to mend it",
            },
            {
                "growth.announce.processor", aim = at_most(1.3),
                why = "pages of the indexes by random ids are read, written and checked again and again once they no longer fit into the caches; 10,000 groups fit",
            },
            { "growth.announce.store", aim = at_most(1.3) },
            { "growth.announce.ledger", aim = at_most(1.3) },
            {
                "growth.announce.memory", aim = at_most(1.3),
                why = "the list of the groups is kept in memory as it was read, and while it is stored with the run, SQLite holds it once more, which is the peak; afterwards a set of ids, of who is still to get a post, stands beside it, a fifth of a KiB a group in all",
            },
            {
                "growth.plan.clock", aim = at_most(1.3),
                why = "the ledger finds targets by the random ids of their groups, and the pages of that index no longer fit into its cache of 6 MiB; 10,000 fit",
            },
            {
                "growth.plan.processor", aim = at_most(1.3),
                why = "the same pages are read and written again and again",
            },
            { "growth.plan.ledger", aim = at_most(1.3) },
            { "growth.plan.memory", aim = at_most(1.3), why = listed },
            { "growth.plan.memory.1000000", aim = value_at_most(57 * MiB), why = listed },
            { "growth.import.clock" },
            { "growth.import.processor" },
            { "growth.import.file" },
        },
    },
    {
        title = "Announcing over HTTP",
        about = [[
Each client announces to 20,000 groups on a server that answers at once, sixteen requests at a time, and to 5,000 groups, one
at a time. Herald renders each post, keeps its ledger and reads each answer; the others only send. wrk, which sends the same
bytes over and over, is the ceiling. Herald asks for the groups before it posts to them, fifteen in a request. Processor time is
the client's, an announcement; msgraph-sdk announces to 5,000 groups always.]],
        plot = "peers",
        rows = {
            { "remote.16.wrk.rate" },
            { "remote.16.wrk.processor" },
            { "remote.16.curl.rate" },
            {
                "remote.16.curl.processor", aim = at_most(1.0),
                why = "three fifths of the processor time are the HTTP client, AsyncHTTPClient with SwiftNIO, which alone takes more than twice what curl takes for everything; pacing, grants and looking each group up take a seventh, rendering a fourteenth, the ledger a sixteenth",
            },
            { "remote.16.node.rate" },
            { "remote.16.node.processor" },
            { "remote.16.aiohttp.rate" },
            { "remote.16.aiohttp.processor" },
            { "remote.16.sdk.rate" },
            {
                "remote.16.sdk.processor", aim = at_most(1 / 150),
                why = "as beside curl: the HTTP client alone takes a hundredth of what msgraph-sdk takes",
            },
            { "remote.16.wrk.memory" },
            { "remote.16.curl.memory" },
            { "remote.16.node.memory" },
            { "remote.16.aiohttp.memory" },
            { "remote.16.sdk.memory" },
            { "remote.1.wrk.rate" },
            { "remote.1.wrk.processor" },
            { "remote.1.wrk.memory" },
            { "remote.1.curl.rate" },
            { "remote.1.curl.processor" },
            { "remote.1.curl.memory" },
            { "remote.1.node.rate" },
            { "remote.1.node.processor" },
            { "remote.1.node.memory" },
            { "remote.1.aiohttp.rate" },
            { "remote.1.aiohttp.processor" },
            { "remote.1.aiohttp.memory" },
            { "remote.1.sdk.rate" },
            { "remote.1.sdk.processor" },
            { "remote.1.sdk.memory" },
        },
    },
    {
        title = "herald-server",
        about = [[
Requests over loopback with wrk, each rate in turns with that of a Hummingbird route whose answer is constant, over as many
connections: what any request costs before it has asked for anything. Creating is durable when it is answered; its other ceiling
is a program that inserts the same rows with as many commits. Reading's other ceiling is the SQL that it takes, through
`sqlite3` in one process.]],
        rows = {
            { "serve.create.1.rate" },
            {
                "serve.create.1.processor", aim = at_most(1.8),
                why = "a conversation that comes alone is a commit of its own, with its sync: raw inserts of the same rows, a commit each, take more than the constant route for the whole of a request (below)",
            },
            { "serve.create.1.inserts" },
            { "serve.create.1.work" },
            { "serve.create.16.rate" },
            { "serve.create.16.processor", aim = at_most(1.8), why = inserting },
            { "serve.create.16.inserts" },
            { "serve.create.16.work" },
            {
                "serve.create.64.rate", aim = at_least(0.5),
                why = "raw inserts of the same rows, and nothing else, reach two fifths of the constant route's rate (below); Herald reaches more than half of theirs",
            },
            { "serve.create.64.processor", aim = at_most(1.8), why = inserting },
            { "serve.create.64.inserts" },
            { "serve.create.64.work" },
            { "serve.create.allocations" },
            { "serve.get.1.rate" },
            { "serve.get.1.processor", aim = at_most(2.5) },
            { "serve.get.16.rate" },
            { "serve.get.16.processor", aim = at_most(2.5), why = getting },
            { "serve.get.64.rate" },
            { "serve.get.64.processor", aim = at_most(2.5), why = getting },
            { "serve.get.sql" },
            { "serve.get.allocations" },
            { "serve.list.16.rate" },
            {
                "serve.list.16.processor", aim = at_most(2.5),
                why = "what getting one takes, and about 8 µs for each post, whose row is read, whose body is written as JSON and whose change key is made",
            },
            { "serve.list.sql" },
            { "serve.list.allocations" },
            { "serve.filter.1.rate" },
            {
                "serve.filter.1.processor", aim = at_most(2.5),
                why = "each conversation of the group is looked at until a page is full: the SQL alone takes more than a dozen times what the constant route takes; Herald takes a third more than the SQL",
            },
            { "serve.filter.sql" },
            { "serve.page.conversations", aim = at_most(1.0) },
            { "serve.page.filter", aim = at_most(1.0) },
        },
    },
    {
        title = "Latency of herald-server",
        about = "From the same runs.",
        rows = {
            { "serve.create.1.median" },
            { "serve.create.1.late" },
            { "serve.create.16.median" },
            { "serve.create.16.late" },
            { "serve.create.64.median" },
            { "serve.create.64.late" },
            { "serve.get.1.median" },
            { "serve.get.1.late" },
            { "serve.get.16.median" },
            { "serve.get.16.late" },
            { "serve.get.64.median" },
            { "serve.get.64.late" },
            { "serve.list.16.median" },
            { "serve.list.16.late" },
            { "serve.filter.1.median" },
            { "serve.filter.1.late" },
        },
    },
    {
        title = "Starting",
        about = [[
From the start of the process. An interpreter that runs nothing is the least that a script in another language needs before it
can send anything.]],
        rows = {
            {
                "start.effect", aim = value_at_most(0.025),
                why = "a sixth of the processor time is the parser of the command line, which looks up what its types conform to, and an eighth the linking of libraries; the rest is the system that starts the process, opens two files durably and makes the first commits",
            },
            { "start.effect.node" },
            { "start.effect.python3" },
            { "start.effect.lua5.4" },
            { "start.wall.node" },
            { "start.wall.python3" },
            { "start.wall.lua5.4" },
            { "start.processor.node" },
            { "start.processor.python3" },
            { "start.processor.lua5.4" },
        },
    },
    {
        title = "Waiting side by side",
        about = [[
10,000 functions of a script that wait at once, as `parallel` starts them: what each holds, and the time from an answer to the
next wait. Who waits for a time is an entry in a list; a call that asks the host for something, as `graph.get` does, is besides
a task of Swift's.]],
        rows = {
            { "tasks.memory", aim = value_at_most(2048) },
            {
                "tasks.resident", aim = value_at_most(2048),
                why = "a task in Lua takes 1.1 KiB, and more where its calls are nested so deep that its stack grew; the rest is the list of those that wait, and their answers",
            },
            { "tasks.switch", aim = value_at_most(1e-6) },
        },
    },
    {
        title = "Building",
        about = "What `scripts/run` builds on a fresh clone, with nothing built before; dependencies are there.",
        rows = {
            {
                "build.clock", aim = value_at_most(300),
                why = "a sixth of the processor time is BoringSSL, which the HTTP client brings with it, a seventh NIO with HTTP/1 and HTTP/2, a tenth GRDB; with two cores 20 minutes of it take 10 at least",
            },
            { "build.processor" },
        },
    },
}

return themes
