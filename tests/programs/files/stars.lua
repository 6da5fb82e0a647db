-- Each line of the text is a star: its name, how far away it is, and how bright it looks.
local text = [[
Sirius            8.6  -1.46
Vega             25.0   0.03
Altair           16.7   0.76
Proxima Centauri  4.2  11.13
]]

-- A coroutine that yields one star after the other.
local stars = coroutine.wrap(function()
    for name, distance, magnitude in text:gmatch("(%a[%a ]-)%s+([%d.]+)%s+(%-?[%d.]+)\n") do
        coroutine.yield({ name = name, distance = tonumber(distance), magnitude = tonumber(magnitude) })
    end
end)

-- A closure that remembers the farthest distance.
local function farthest()
    local so_far = 0
    return function(distance)
        so_far = math.max(so_far, distance)
        return so_far
    end
end

local list, far = {}, farthest()
for star in stars do
    table.insert(list, star)
    far(star.distance)
end
table.sort(list, function(a, b) return a.distance < b.distance end)
for place, star in ipairs(list) do
    print(string.format("%d %-16s %5.1f", place, star.name, star.distance))
end
print("farthest:", far(0))

-- An error unwinds by `longjmp`.
print(pcall(function() return list[5].name end))
