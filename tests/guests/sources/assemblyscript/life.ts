// life: Conway's game of life, on a board whose opposite edges meet.

let width: i32 = 0;
let height: i32 = 0;
let now = new Uint8Array(0);
let next = new Uint8Array(0);

function place(x: i32, y: i32): i32 {
  return ((y + height) % height) * width + ((x + width) % width);
}

/** Begins with a board where nothing lives. */
export function start(columns: i32, rows: i32): void {
  width = columns;
  height = rows;
  now = new Uint8Array(columns * rows);
  next = new Uint8Array(columns * rows);
}

export function set(x: i32, y: i32, alive: bool): void {
  now[place(x, y)] = alive ? 1 : 0;
}

export function get(x: i32, y: i32): bool {
  return now[place(x, y)] == 1;
}

function neighbours(x: i32, y: i32): i32 {
  let count = 0;
  for (let down = -1; down <= 1; down++) {
    for (let right = -1; right <= 1; right++) {
      if (down != 0 || right != 0) count += now[place(x + right, y + down)];
    }
  }
  return count;
}

/** One generation. */
export function step(): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const count = neighbours(x, y);
      next[place(x, y)] = count == 3 || (count == 2 && get(x, y)) ? 1 : 0;
    }
  }
  const before = now;
  now = next;
  next = before;
}
