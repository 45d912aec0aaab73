"""Files on a slow disk: a folder of pipes, each of which gives an image 20 ms after it is opened.

    python bench/loader/slow_files.py FOLDER COUNT IMAGE

Prints a line when the folder is ready, and serves until it is killed.
"""

import os
import sys
import threading
import time
from pathlib import Path

folder, count, image = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]).read_bytes()
DELAY = 0.02


def serve(path):
    os.mkfifo(path)
    while True:
        with open(path, "wb") as pipe:  # waits until somebody reads
            # The next reader gets a pipe of its own, while this one still reads to its end.
            fresh = folder.with_name("fresh") / path.name
            os.mkfifo(fresh)
            os.rename(fresh, path)
            time.sleep(DELAY)
            pipe.write(image)


def main():
    folder.with_name("fresh").mkdir()
    for i in range(count):
        threading.Thread(target=serve, args=(folder / f"{i:04d}.jpg",), daemon=True).start()
    while len(list(folder.glob("*.jpg"))) < count:
        time.sleep(0.01)
    print("ready", flush=True)
    threading.Event().wait()


main()
