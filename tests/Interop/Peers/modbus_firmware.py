#!/usr/bin/python3
"""A Modbus TCP master by pymodbus (Debian python3-pymodbus) that gives unit 1 an image, for tests of a slave.

usage: modbus_firmware.py PORT VERSION SIZE

The image is SIZE bytes of (7 * i) mod 251, sent in blocks of 100 words as file records from file 1 on. Prints "done VERSION" with the
version the unit runs in the end, and ends with 1 when it was refused anything.
"""
import sys
import time
import zlib

from pymodbus.client import ModbusTcpClient
from pymodbus.file_message import FileRecord, WriteFileRecordRequest

WINDOW = 0xF000
UNIT = 1
BLOCK = 100
PER_FILE = 10000


def words(raw):
    return [int.from_bytes(raw[i:i + 2], "big") for i in range(0, len(raw), 2)]


def asked(response, what):
    if response.isError():
        sys.exit(f"{what}: {response}")
    return response


def until(client, state):
    while True:
        registers = asked(client.read_holding_registers(WINDOW + 16, 16, UNIT), "status").registers
        if registers[0] == state:
            return registers
        time.sleep(0.01)


def main(port, version, size):
    image = bytes(7 * i % 251 for i in range(size))
    client = ModbusTcpClient("127.0.0.1", port=port)
    client.connect()
    head = b"\0\1\0\0" + size.to_bytes(4, "big") + zlib.crc32(image).to_bytes(4, "big") + version.encode().ljust(16, b"\0")
    asked(client.write_registers(WINDOW, words(head) + [BLOCK, 1], UNIT), "prepare")
    until(client, 2)
    padded = image + b"\0" * (size % 2)
    word = 0
    while 2 * word < size:
        count = min(BLOCK, len(padded) // 2 - word, PER_FILE - word % PER_FILE)
        record = FileRecord(file_number=1 + word // PER_FILE, record_number=word % PER_FILE, record_data=padded[2 * word:2 * (word + count)])
        response = asked(client.execute(WriteFileRecordRequest([record], unit=UNIT)), f"word {word}")
        if response.records != [record]:
            sys.exit(f"word {word}: the echo is another: {response.records}")
        word += count
    asked(client.write_register(WINDOW, 2, UNIT), "verify")
    until(client, 4)
    asked(client.write_register(WINDOW, 3, UNIT), "activate")
    registers = until(client, 0)
    print("done", b"".join(w.to_bytes(2, "big") for w in registers[6:14]).rstrip(b"\0").decode())


main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
