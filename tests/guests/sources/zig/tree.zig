//! tree: lists a directory and all below it, with the sizes of its files.

const std = @import("std");
const Io = std.Io;

const Entry = struct { name: []const u8, kind: Io.File.Kind };

const Counts = struct { directories: usize = 0, files: usize = 0 };

pub fn main(init: std.process.Init) !u8 {
    var buffer: [1024]u8 = undefined;
    var writer = Io.File.stdout().writer(init.io, &buffer);
    const out = &writer.interface;

    const arguments = try init.minimal.args.toSlice(init.arena.allocator());
    const path = if (arguments.len > 1) arguments[1] else ".";
    var dir = Io.Dir.cwd().openDir(init.io, path, .{ .iterate = true }) catch |err| {
        std.debug.print("tree: {s}: {t}\n", .{ path, err });
        return 1;
    };
    defer dir.close(init.io);

    var counts: Counts = .{};
    try out.print("{s}\n", .{path});
    try list(init, out, dir, 1, &counts);
    try out.print("{d} directories, {d} files\n", .{ counts.directories, counts.files });
    try out.flush();
    return 0;
}

/// Lists what is in a directory, each name as far to the right as it is deep.
fn list(init: std.process.Init, out: *Io.Writer, dir: Io.Dir, depth: usize, counts: *Counts) !void {
    const allocator = init.arena.allocator();
    var entries: std.ArrayList(Entry) = .empty;
    var iterator = dir.iterate();
    while (try iterator.next(init.io)) |entry| {
        // The iterator uses its memory again.
        const name = try allocator.dupe(u8, entry.name);
        try entries.append(allocator, .{ .name = name, .kind = entry.kind });
    }
    // A directory has no order of its own.
    std.mem.sort(Entry, entries.items, {}, struct {
        fn before(_: void, a: Entry, b: Entry) bool {
            return std.mem.lessThan(u8, a.name, b.name);
        }
    }.before);
    for (entries.items) |entry| {
        try out.splatByteAll(' ', 2 * depth);
        if (entry.kind == .directory) {
            counts.directories += 1;
            try out.print("{s}/\n", .{entry.name});
            var below = try dir.openDir(init.io, entry.name, .{ .iterate = true });
            defer below.close(init.io);
            try list(init, out, below, depth + 1, counts);
        } else {
            counts.files += 1;
            const stat = try dir.statFile(init.io, entry.name, .{});
            try out.print("{s} ({d} bytes)\n", .{ entry.name, stat.size });
        }
    }
}
