"""What a forked script sees, and how its end is written down."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest
from forked import Server, is_running, until

PRINT_RESULT = "import json, os, sys\n"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("pass", 0),
        ("import sys; sys.exit()", 0),
        ("import sys; sys.exit(7)", 7),
        ("import sys; sys.exit(300)", 300 & 0xFF),
        ("import os; os._exit(9)", 9),
        ("import sys; sys.exit('no such column')", 1),
        ("def broken(:", 1),
    ],
)
def test_exit_code_is_pythons(server: Server, source: str, code: int) -> None:
    assert server.fork(source).end() == (code, None)


def test_exit_message_is_logged(server: Server) -> None:
    job = server.fork("import sys; sys.exit('no such column')")
    job.end()
    assert job.log == "no such column\n"


def test_missing_script(server: Server) -> None:
    job = server.fork("", argv=["absent.py"])
    assert job.end() == (2, None)
    assert "can't open file" in job.log
    assert "absent.py" in job.log


def test_uncaught_exception_shows_the_scripts_frames_alone(server: Server) -> None:
    job = server.fork("def fit():\n    raise KeyError('age')\nfit()\n")
    assert job.end() == (1, None)
    lines = job.log.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == "KeyError: 'age'"
    assert "script_run.py" not in job.log
    assert "raise KeyError('age')" in job.log


def test_environment_is_replaced(server: Server) -> None:
    given = {"SM_HP_LEARNING-RATE": "0.1", "SM_CHANNEL_MY-TEST": "x", "NAME": "Zoë"}
    job = server.fork(
        "import json, os, subprocess\n"
        "inner = subprocess.run(['/usr/bin/env', '-0'], capture_output=True).stdout.decode().split('\\0')\n"
        "print(json.dumps([dict(os.environ), {k.decode(): v.decode() for k, v in os.environb.items()},\n"
        "  dict(line.split('=', 1) for line in inner if line)]))",
        env=given,
    )
    assert job.end() == (0, None), job.log
    assert json.loads(job.log) == [given, given, given]


def test_script_is_main_with_its_arguments_and_folder(server: Server) -> None:
    folder = server.folder / "code"
    folder.mkdir()
    (folder / "beside.py").write_text("value = 3\n")
    (folder / "job.py").write_text(
        "import json, os, pickle, sys, beside\n"
        "class Kept: pass\n"
        "restored = type(pickle.loads(pickle.dumps(Kept()))) is Kept\n"
        "print(json.dumps([__name__, sys.argv, sys.path[0], os.getcwd(), __file__, beside.value, restored,\n"
        "  [name for name in ('job_process', 'fork_server', 'tuner') if name in sys.modules],\n"
        "  sys.dont_write_bytecode]))"
    )
    job = server.fork("", argv=[str(folder / "job.py"), "--fold", "3"])
    assert job.end() == (0, None), job.log
    script = str(folder / "job.py")
    assert json.loads(job.log) == [
        *("__main__", [script, "--fold", "3"], str(folder), str(job.folder), script, 3, True, [], True),
    ]
    assert not (folder / "__pycache__").exists()


def test_code_and_module(server: Server) -> None:
    code = server.fork("", argv=["-c", "import sys; print(sys.argv)", "a"])
    module = server.fork("import sys; print(__name__, sys.argv[1:])", argv=["-m", "script", "b"])
    assert (code.end(), module.end()) == ((0, None), (0, None))
    assert (code.log, module.log) == ("['-c', 'a']\n", "__main__ ['b']\n")


def test_pythonpath_is_the_jobs(server: Server) -> None:
    folder = server.folder / "more"
    folder.mkdir()
    (folder / "extra.py").write_text("print('found')")
    job = server.fork("import extra", env={"PYTHONPATH": str(folder)})
    assert job.end() == (0, None), job.log
    assert job.log == "found\n"


def test_output_is_seen_while_the_job_runs(server: Server) -> None:
    job = server.fork("import signal\nprint('fold 1')\nsignal.pause()")
    assert job.says("fold 1\n")
    os.kill(job.pid, signal.SIGKILL)
    assert job.end() == (None, signal.SIGKILL)


def test_log_is_appended_to_by_jobs_and_their_children(server: Server) -> None:
    log = server.folder / "one.log"
    log.write_text("before\n")
    source = "import subprocess, sys\nsubprocess.run(['echo', 'child'])\nprint('error', file=sys.stderr)"
    assert server.fork(source, log=str(log)).end() == (0, None)
    assert log.read_text() == "before\nchild\nerror\n"


def test_threads_and_exit_handlers_are_waited_for(server: Server) -> None:
    job = server.fork(
        "import atexit, threading\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "gate = threading.Event()\n"
        "atexit.register(lambda: print('last'))\n"
        "threading.Thread(target=lambda: (gate.wait(), print('thread'))).start()\n"
        "ThreadPoolExecutor(1).submit(gate.set)\n"
    )
    assert job.end() == (0, None)
    assert job.log == "thread\nlast\n"


def test_numeric_libraries_work_with_the_jobs_threads(server: Server) -> None:
    source = (
        "import numpy, pandas, xgboost\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "from threadpoolctl import threadpool_info\n"
        "from pathlib import Path\n"
        "x = numpy.random.default_rng(0).normal(size=(200, 5)); y = (x[:, 0] > 0).astype(int)\n"
        "LogisticRegression().fit(x, y); xgboost.XGBClassifier(n_estimators=3).fit(x, y)\n"
        "pandas.DataFrame(x, columns=list('abcde')).to_parquet('x.parquet'); pandas.read_parquet('x.parquet')\n"
        "print(sorted({each['num_threads'] for each in threadpool_info()}), numpy.random.rand())\n"
    )
    logs = []
    for threads in ("1", "2"):
        job = server.fork(source, env={"OMP_NUM_THREADS": threads})
        assert job.end() == (0, None), job.log
        assert job.log.startswith(f"[{threads}] ")
        logs.append(job.log.split()[1])
    assert logs[0] != logs[1], "each job has randomness of its own"


def test_descriptors_of_the_server_are_closed(server: Server) -> None:
    job = server.fork("import os\nprint([os.readlink(f'/proc/self/fd/{n}') for n in (0, 1, 2)])\nos.fstat(3)")
    assert job.end() == (1, None)
    assert job.log.startswith(f"['/dev/null', '{job.folder}/log.txt', '{job.folder}/log.txt']")
    assert "Bad file descriptor" in job.log


def test_signals_have_their_default_action(server: Server) -> None:
    job = server.fork("import signal\nprint('up')\nwhile True: signal.pause()")
    job.says("up")
    os.killpg(job.pid, signal.SIGTERM)
    assert job.end() == (None, signal.SIGTERM)


def test_a_script_may_handle_sigterm(server: Server) -> None:
    # A signal that comes just before `signal.pause` would not end it: Python calls the handler when it is back.
    waits = "while True: time.sleep(0.01)"
    source = f"import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(4))\nprint('up')\n{waits}"
    job = server.fork(source)
    job.says("up")
    os.killpg(job.pid, signal.SIGTERM)
    assert job.end() == (4, None)


def test_what_a_job_leaves_running_ends_with_it(server: Server) -> None:
    job = server.fork("import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)")
    assert job.end() == (0, None)
    # The kernel ends a killed process in its own time.
    until(lambda: not is_running(int(job.log)), "the end of what the job has left")


def test_pid_file_tells_the_process_apart(server: Server) -> None:
    job = server.fork("import signal\nsignal.pause()")
    stat = Path(f"/proc/{job.answer['pid']}/stat").read_text()
    written = json.loads((job.folder / "pid.json").read_text())
    assert written == {"pid": job.answer["pid"], "startTicks": stat.rpartition(")")[2].split()[19]}
    assert os.getpgid(job.pid) == os.getsid(job.pid) == job.pid
    os.kill(job.pid, signal.SIGKILL)
    job.end()


def test_end_is_written_at_once(server: Server) -> None:
    """A reader that looks all the time never sees half of the file."""
    for _ in range(20):
        job = server.fork("pass")
        assert job.end() == (0, None)
        assert sorted(path.name for path in job.folder.iterdir()) == ["exit.json", "log.txt", "pid.json", "script.py"]


def test_memory_limit(server: Server) -> None:
    job = server.fork("import numpy\nnumpy.ones(2**28)", memoryMb=1024)
    assert job.end() == (1, None)
    assert "MemoryError" in job.log


def test_opt_ml_is_the_jobs_own(server: Server, mounts: None) -> None:
    source = (
        "import pathlib, sys, signal\n"
        "own = pathlib.Path('/opt/ml/own'); print(own.exists()); own.write_text(sys.argv[1]); print('written')\n"
        "signal.sigwait([signal.SIGUSR1]); print(own.read_text())\n"
    )
    before = sorted(Path("/opt/ml").iterdir()) if Path("/opt/ml").is_dir() else []
    jobs = []
    for name in ("one", "two"):
        ml = server.folder / f"ml-{name}"
        ml.mkdir()
        (ml / "script.py").write_text(
            "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])\n" + source
        )
        jobs.append(server.fork("", argv=["/opt/ml/script.py", name], optMl=str(ml), cwd="/opt/ml"))
    for job in jobs:
        job.says("written")
    for job in jobs:
        os.kill(job.pid, signal.SIGUSR1)
    assert [job.end() for job in jobs] == [(0, None), (0, None)]
    assert [job.log for job in jobs] == ["False\nwritten\none\n", "False\nwritten\ntwo\n"]
    assert (server.folder / "ml-two" / "own").read_text() == "two"
    assert sorted(Path("/opt/ml").iterdir()) == before, "the machine's own /opt/ml is untouched"


def test_a_folder_that_cannot_be_mounted(server: Server) -> None:
    job = server.fork("print('never')", optMl=str(server.folder / "absent"))
    assert job.end() == (126, None)
    assert "cannot start" in job.log
    assert "never" not in job.log


def test_a_folder_that_cannot_be_entered(server: Server) -> None:
    job = server.fork("print('never')", cwd=str(server.folder / "absent"))
    assert job.end() == (126, None)
    assert "absent" in job.log


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"argv": []}, "argv"),
        ({"env": {"A": 1}}, "env"),
        ({"log": ""}, "log"),
        ({"memoryMb": "2"}, "memoryMb"),
        ({"log": "/absent/folder/log.txt"}, "/absent/folder/log.txt"),
        ({"pidFile": "/absent/folder/pid.json"}, "/absent/folder/pid.json"),
    ],
)
def test_jobs_that_cannot_start_are_refused(server: Server, fields: dict[str, object], named: str) -> None:
    job = server.fork("open('ran', 'w')", **fields)
    assert named in job.answer["error"]
    assert server.fork("pass").end() == (0, None), "the server goes on"
    assert not (job.folder / "ran").exists()


def test_host_variables_do_not_reach_a_job(server: Server) -> None:
    job = server.fork(
        "import os, ctypes\nctypes.CDLL(None).getenv.restype = ctypes.c_char_p\nprint(os.environ, "
        "ctypes.CDLL(None).getenv(b'HOST_SECRET'), os.getenv('HOST_SECRET'))",
        env={},
    )
    assert job.end() == (0, None)
    assert "leaked" not in job.log
    assert sys.executable not in job.log
