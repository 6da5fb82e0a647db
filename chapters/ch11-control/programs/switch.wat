;; Three ways out of three blocks: how many wheels has it?
(module
  (func $wheels (export "wheels") (param $vehicle i32) (result i32)
    block $others
      block $tricycle
        block $bicycle
          local.get $vehicle
          br_table $bicycle $tricycle $others
        end
        i32.const 2
        return
      end
      i32.const 3
      return
    end
    i32.const 4))
