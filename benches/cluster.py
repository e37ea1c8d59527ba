"""What the measurements of the service start, and end: a queue, PostgreSQL, Restate, the simulated
vendors, a balancer and nodes of Daybook. Everything listens on loopback and lives in one folder;
only what was started here is ended.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

KEY = "0123456789abcdef0123456789abcdef"
REGION = "eu-west-1"
# What AWS's tools want before they talk to anyone; moto takes any.
AWS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE_S = 60


def note(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for(what, is_so, seconds=PATIENCE_S, pause=0.1):
    """Waits until it is so; says what it found, and ends the program if it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = is_so()
        if found:
            return found
        time.sleep(pause)
    raise SystemExit(f"{what}: not within {seconds} s")


def listens(port):
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def fetch(url, body=None, method=None):
    data = body.encode() if isinstance(body, str) else body
    request = urllib.request.Request(url, data=data, method=method)
    if data:
        request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=120) as reply:
        text = reply.read()
    return json.loads(text) if text else None


class Process:
    """A program of ours, and what it takes of the machine."""

    def __init__(self, command, log, env=None, pipe=False):
        self.log = Path(log)
        out = subprocess.PIPE if pipe else subprocess.DEVNULL
        with self.log.open("ab") as said:
            self.child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=said,
                env={**os.environ, **(env or {})},
            )

    @property
    def pid(self):
        return self.child.pid

    def cpu(self):
        return cpu_of(self.pid)

    def memory_mb(self):
        """What is resident now, and the most that was, in megabytes (10^6)."""
        return memory_of(self.pid)

    def kill(self):
        """`kill -9`."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def end(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


def cpu_of(pid):
    """Processor seconds so far, of the process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(fields[place]) for place in (11, 12)) / TICKS


def memory_of(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    sizes = dict(line.split(":", 1) for line in lines if line.startswith(("VmRSS", "VmHWM")))
    kilobytes = {name: int(text.split()[0]) for name, text in sizes.items()}
    return {"now": kilobytes["VmRSS"] * 1024 / 1e6, "peak": kilobytes["VmHWM"] * 1024 / 1e6}


class Queue:
    """A server that speaks SQS: moto."""

    def __init__(self, program, folder):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [program, "-H", "127.0.0.1", "-p", self.port]
        self.process = Process(command, folder / "moto.log", {"PYTHONDONTWRITEBYTECODE": "1"})
        wait_for("moto", lambda: listens(self.port))
        self.queue_url = f"{self.url}/123456789012/daybook"
        self.arn = f"arn:aws:sqs:{REGION}:123456789012:daybook"
        self.create()

    def create(self):
        body = b"Action=CreateQueue&QueueName=daybook&Version=2012-11-05"
        request = urllib.request.Request(f"{self.url}/", data=body)
        # It takes unsigned calls, but finds the service by the scope of the credential.
        scope = f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/sqs/aws4_request"
        request.add_header("authorization", scope)
        request.add_header("content-type", "application/x-www-form-urlencoded")
        urllib.request.urlopen(request, timeout=30).read()

    def config(self):
        return (
            f'[notifications]\nqueue_url = "{self.queue_url}"\nqueue_arn = "{self.arn}"\n'
            f'endpoint = "{self.url}"\n'
        )

    def flags(self):
        return ["--queue-url", self.queue_url, "--queue-endpoint", self.url]

    def end(self):
        self.process.end()


class Worlds:
    """`daybook sandbox --worlds`: as many sellers and organisations as books."""

    def __init__(self, program, folder, count, orders, flags=(), seed=7):
        command = [program, "sandbox", "--json", "--worlds", count, "--orders", orders]
        command += ["--seed", seed, *flags]
        self.count = count
        self.process = Process(command, folder / "sandbox.log", AWS, pipe=True)
        connection = json.loads(self.process.child.stdout.readline())
        self.url = connection["xero_api"].removesuffix("/xero/api.xro/2.0")
        self.url = self.url.removesuffix("/0")

    def below(self, world):
        return self.url if self.count == 1 else f"{self.url}/{world}"

    def sum(self):
        return fetch(f"{self.url}/_sandbox/worlds")

    def arrivals(self):
        """Order id to when it came about and when its invoice was authorised, in milliseconds."""
        worlds = fetch(f"{self.url}/_sandbox/arrivals")
        return {
            order["id"]: (order["placed_ms"], order["invoiced_ms"])
            for world in worlds
            for order in world["orders"]
        }

    def set_away(self, vendor, is_away):
        word = "true" if is_away else "false"
        fetch(f"{self.url}/_sandbox/outage?vendor={vendor}&is_away={word}", method="POST")

    def end(self):
        self.process.end()


def wrong(told):
    """What is wrong with the books of all worlds, in words; nothing when all is right."""
    names = ("duplicates", "lost", "totals_wrong", "payments_wrong", "unexpected", "doubles")
    found = [f"{name}: {told[name]}" for name in names if told[name]]
    found += [f"unknown to the vendor: {name}" for name in sorted(set(told["unknown_names"]))]
    found += [f"{name} over the limit: {count}" for name, count in told["throttled"].items()]
    if told["posted"] != told["should_post"]:
        found.append(f"posted {told['posted']} of {told['should_post']}")
    return found


class Postgres:
    """A database server of our own, that syncs what it commits."""

    def __init__(self, folder):
        self.programs = programs()
        # Its own user must get there, who may not look into ours.
        made = as_server_user(
            'set -e; f=$(mktemp -d /tmp/daybook-bench-pg.XXXXXX); '
            '"$1/initdb" -D "$f/data" -A trust -U daybook -E UTF8 --locale=C >"$f/log" 2>&1; '
            'echo "$f"',
            self.programs,
        )
        self.folder = made.strip()
        self.said = folder / "postgres.log"
        options = f"-k {self.folder} -c listen_addresses= -c max_connections=200"
        self.run(f'"$1/pg_ctl" -D "$2/data" -l "$2/log" -w -s -o "{options}" start')
        self.names = 0

    def run(self, script):
        return as_server_user(script, self.programs, self.folder)

    def database(self):
        """A new, empty one."""
        self.names += 1
        name = f"daybook{self.names}"
        self.sql(f"CREATE DATABASE {name}", "postgres")
        return f"postgres://daybook@localhost/{name}?host={self.folder}"

    def sql(self, text, name=None):
        name = name or f"daybook{self.names}"
        command = [f"{self.programs}/psql", "-X", "-q", "-A", "-t", "-h", self.folder]
        command += ["-U", "daybook", name, "-c", text]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def pids(self):
        main = int((Path(self.folder) / "data" / "postmaster.pid").read_text().split()[0])
        text = Path(f"/proc/{main}/task/{main}/children").read_text()
        return [main, *map(int, text.split())]

    def cpu(self):
        return sum(filter(None, map(quietly(cpu_of), self.pids())))

    def end(self):
        self.run('"$1/pg_ctl" -D "$2/data" -s -m immediate stop; rm -rf "$2"')


def quietly(ask):
    """A backend may end while it is looked at."""

    def asked(pid):
        try:
            return ask(pid)
        except (FileNotFoundError, ProcessLookupError):
            return None

    return asked


def programs():
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if found:
        return str(found[-1].parent)
    on_path = shutil.which("initdb")
    if on_path is None:
        raise SystemExit("PostgreSQL's programs initdb, pg_ctl and psql are needed")
    return str(Path(on_path).parent)


def as_server_user(script, *arguments):
    """PostgreSQL refuses to run as root."""
    command = ["sh", "-c", script, "sh", *map(str, arguments)]
    if os.geteuid() == 0:
        known = subprocess.run(["id", "-u", "postgres"], capture_output=True, check=False)
        command = ["runuser", "-u", "postgres" if known.returncode == 0 else "nobody", "--", *command]
    env = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    ran = subprocess.run(
        command, cwd="/", env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False
    )
    if ran.returncode != 0:
        raise SystemExit(f"PostgreSQL: {ran.stderr}")
    return ran.stdout


class Restate:
    """A Restate server."""

    def __init__(self, program, folder):
        self.ingress, self.admin, node = free_port(), free_port(), free_port()
        file = folder / "restate.toml"
        file.write_text(
            'roles = ["worker", "admin", "metadata-server", "log-server", "http-ingress"]\n'
            'node-name = "one"\ncluster-name = "daybook"\nauto-provision = true\n'
            'disable-telemetry = true\nlisten-mode = "tcp"\n'
            f'base-dir = "{folder / "restate"}"\n'
            f'bind-address = "127.0.0.1:{node}"\nadvertised-address = "http://127.0.0.1:{node}"\n'
            'rocksdb-total-memory-size = "256MB"\ndefault-num-partitions = 4\n'
            f'[ingress]\nbind-address = "127.0.0.1:{self.ingress}"\n'
            f'[admin]\nbind-address = "127.0.0.1:{self.admin}"\n',
            encoding="utf-8",
        )
        command = [program, "--no-logo", "--config-file", file]
        self.process = Process(command, folder / "restate.log", {"DO_NOT_TRACK": "1"})
        wait_for("Restate", lambda: listens(self.ingress) and listens(self.admin))

    def config(self, listen, advertise):
        return (
            f'[restate]\ningress = "http://127.0.0.1:{self.ingress}"\n'
            f'admin = "http://127.0.0.1:{self.admin}"\nlisten = "127.0.0.1:{listen}"\n'
            f'advertise = "http://127.0.0.1:{advertise}"\n'
        )

    def end(self):
        self.process.end()


class Balancer:
    """Gives each connection to the next node that takes it, from a process of its own."""

    def __init__(self, folder, nodes):
        self.port = free_port()
        command = [sys.executable, __file__, self.port, *nodes]
        self.process = Process(command, folder / "balancer.log")
        wait_for("the balancer", lambda: listens(self.port))

    def end(self):
        self.process.end()


class Node:
    """A data folder and a `daybook serve` on it."""

    def __init__(self, program, home, database=None, config=""):
        self.program, self.home = program, Path(home)
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.home / "config.toml").write_text(config, encoding="utf-8")
        self.env = {"DAYBOOK_MASTER_KEY": KEY, **AWS}
        if database:
            self.env["DAYBOOK_DATABASE"] = database
        self.process = None

    def verb(self, *words):
        """Runs another verb to its end; says how long it took."""
        began = time.monotonic()
        command = [self.program, "--home", self.home, *words]
        command = [str(part) for part in command]
        ran = subprocess.run(
            command, env={**os.environ, **self.env}, capture_output=True, text=True, check=False
        )
        if ran.returncode != 0:
            raise SystemExit(f"{' '.join(command)}\n{ran.stdout}{ran.stderr}")
        return time.monotonic() - began

    def serve(self, *flags):
        self.port = free_port()
        command = [self.program, "--home", self.home, "serve"]
        command += ["--listen", f"127.0.0.1:{self.port}", *flags]
        env = {**self.env, "DAYBOOK_LOG": os.environ.get("DAYBOOK_LOG", "warn")}
        self.process = Process(command, self.home / "log", env)
        self.is_ready(120)

    def is_ready(self, seconds):
        def ready():
            if self.process.child.poll() is not None:
                raise SystemExit(f"serve ended: {(self.home / 'log').read_text()[-2000:]}")
            try:
                return fetch(f"http://127.0.0.1:{self.port}/readyz")
            except OSError:
                return None

        return wait_for("serve", ready, seconds)

    def kill(self):
        self.process.kill()

    def end(self):
        if self.process is not None:
            self.process.end()


async def balance(port, nodes):
    turn = 0

    async def copy(source, sink):
        try:
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.close()

    async def take(reader, writer):
        nonlocal turn
        turn += 1
        for place in range(len(nodes)):
            node = nodes[(turn + place) % len(nodes)]
            try:
                there = await asyncio.open_connection("127.0.0.1", node)
            except OSError:
                continue
            await asyncio.gather(copy(reader, there[1]), copy(there[0], writer))
            return
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(balance(int(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
