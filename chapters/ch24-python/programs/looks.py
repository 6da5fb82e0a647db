import time
looks, end = 0, time.ticks_ms() + 50
while time.ticks_ms() < end:
    looks += 1
print("at most 550" if looks <= 550 else "more than 550")
