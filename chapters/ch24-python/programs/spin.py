print("Round and round.")
while True: pass
