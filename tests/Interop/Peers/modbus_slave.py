#!/usr/bin/python3
"""A Modbus TCP slave by pymodbus (Debian python3-pymodbus), for tests of a master.

usage: modbus_slave.py PORT

Unit 1, holding and input registers alike; the same numbers in four byte orders, 100 registers apart:

    base 0 ABCD, base 100 CDAB, base 200 BADC, base 300 DCBA
    +0  int16   -1234
    +1  uint16  54321
    +2  int32   -123456789
    +4  uint32  3456789012
    +6  float32 123.456
    +8  int64   -1234567890123
    +12 uint64  12345678901234567890
    +16 float64 123.456

    400 string of 8 registers "Meter 7", filled with NUL
    410 bits 1000 0000 0000 0101; 408 and 409 are a hole
    1000..1410 (holding only) zeros to write to, so that what is written at 1000 + n can be compared with n

Coils 0..39 and discrete inputs 0..39: CD 6B B2 0E 1B, the first bit lowest. Coils 1000..1031: zeros, to write to.
Everything else is a hole: exception 02. Unit 2 has only holding 0 = 2.
"""
import asyncio
import struct
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.server import StartAsyncTcpServer

WRITABLE = 1000

NUMBERS = [(0, "h", -1234), (1, "H", 54321), (2, "i", -123456789), (4, "I", 3456789012), (6, "f", 123.456),
           (8, "q", -1234567890123), (12, "Q", 12345678901234567890), (16, "d", 123.456)]
BITS = bytes.fromhex("CD6BB20E1B")


def registers(raw, words_swapped=False, bytes_swapped=False):
    words = [raw[i:i + 2] for i in range(0, len(raw), 2)]
    if words_swapped:
        words.reverse()
    if bytes_swapped:
        words = [word[::-1] for word in words]
    return [int.from_bytes(word, "big") for word in words]


def put(table, address, values):
    for offset, value in enumerate(values):
        table[address + offset] = value


def numbers():
    table = {}
    for base, words, swapped in [(0, False, False), (100, True, False), (200, False, True), (300, True, True)]:
        for offset, code, value in NUMBERS:
            put(table, base + offset, registers(struct.pack(">" + code, value), words, swapped))
    put(table, 400, registers(b"Meter 7".ljust(16, b"\0")))
    table[410] = 0b1000_0000_0000_0101
    return table


def bits():
    return {i: bool(BITS[i // 8] >> (i % 8) & 1) for i in range(8 * len(BITS))}


async def main():
    holding, coils = numbers(), bits()
    put(holding, WRITABLE, [0] * 411)
    put(coils, WRITABLE, [False] * 32)
    block = ModbusSparseDataBlock
    empty = {60000: 0}
    units = {
        1: ModbusSlaveContext(hr=block(holding), ir=block(numbers()), co=block(coils), di=block(bits()), zero_mode=True),
        2: ModbusSlaveContext(hr=block({0: 2}), ir=block(empty), co=block(empty), di=block(empty), zero_mode=True),
    }
    await StartAsyncTcpServer(
        context=ModbusServerContext(slaves=units, single=False), address=("127.0.0.1", int(sys.argv[1])), allow_reuse_address=True)


asyncio.run(main())
