import time
try:
    print("Good night.")
    time.sleep(3)
except KeyboardInterrupt:
    print("never mind")
