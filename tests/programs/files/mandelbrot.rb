(-12..12).each do |row|
  puts (-39..19).map { |column|
    c, z = Complex(column / 20.0, row / 10.0), 0
    (0...50).all? { z = z * z + c; z.abs2 < 4 } ? "*" : " "
  }.join.rstrip
end
