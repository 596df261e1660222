using Microsoft.Data.Sqlite;

namespace BridgeFramework.Benchmarks;

/// <summary>What an outbox would be with SQLite: a table of records, write-ahead log, synced at every commit.</summary>
internal sealed class SqliteQueue : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _delete;
    private long _lastId;
    private bool _isInTransaction;

    public SqliteQueue(string file)
    {
        // Without the pool, which would keep the file open.
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        _connection.Open();
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        Execute("CREATE TABLE record (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, bytes BLOB NOT NULL)");
        _insert = Command("INSERT INTO record (id, owner, bytes) VALUES ($id, $owner, $bytes)", "$id", "$owner", "$bytes");
        _delete = Command("DELETE FROM record WHERE id = $id", "$id");
    }

    /// <summary>Adds a record to the transaction.</summary>
    /// <returns>Its number.</returns>
    public long Insert(int owner, byte[] record)
    {
        Begin();
        _insert.Parameters[0].Value = ++_lastId;
        _insert.Parameters[1].Value = owner;
        _insert.Parameters[2].Value = record;
        _insert.ExecuteNonQuery();
        return _lastId;
    }

    /// <summary>Takes a record out, in the transaction.</summary>
    public void Delete(long id)
    {
        Begin();
        _delete.Parameters[0].Value = id;
        _delete.ExecuteNonQuery();
    }

    /// <summary>Makes what was done so far proof against a power cut.</summary>
    public void Commit()
    {
        if (_isInTransaction) Execute("COMMIT");
        _isInTransaction = false;
    }

    public void Dispose()
    {
        Commit();
        _insert.Dispose();
        _delete.Dispose();
        _connection.Dispose();
    }

    private void Begin()
    {
        if (!_isInTransaction) Execute("BEGIN");
        _isInTransaction = true;
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (string parameter in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        return command;
    }
}
