"""controls.py FILE...: runs each on its own, and says with its name why it fails."""

import os
import runpy
import sys

failed = False
for path in sys.argv[1:]:
    try:
        runpy.run_path(path)
    except Exception as error:  # Whatever it is, whoever asked looks at the reason.
        failed = True
        print(f"{os.path.basename(path)}: {type(error).__name__}: {' '.join(str(error).split())}")
sys.exit(1 if failed else 0)
