using System.Buffers.Binary;
using System.Text;
using Siskin.Tests.Storage;
using Siskin.Vectors;
using Siskin.Vectors.Files;

namespace Siskin.Tests.Vectors.Files;

public sealed class VectorFileTests : IDisposable
{
    private static readonly float[] Rows = [1, -2.5f, 3, 4, 5e-3f, 6];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.fvecs", VectorFileFormat.Fvecs)]
    [InlineData("a.npy", VectorFileFormat.Npy)]
    public void What_is_written_is_read_back(string name, VectorFileFormat format)
    {
        VectorWriter.Write(_folder.File(name), Rows, 3);

        using var reader = VectorFile.Open(_folder.File(name));
        Assert.Equal(format, reader.Format);
        Assert.Equal((2L, 3, false), (reader.Count, reader.Dimensions, reader.HasLabels));
        AssertRows(VectorFile.Read(_folder.File(name)), Rows, 3);
        Assert.Equal([_folder.File(name)], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("a.fvecs")]
    [InlineData("a.npy")]
    public void Pieces_that_are_written_become_one_file_and_are_read_in_other_pieces(string name)
    {
        const int d = 5;
        var rows = Enumerable.Range(0, 103 * d).Select(i => i * 0.25f).ToArray();
        using (var writer = VectorWriter.Create(_folder.File(name), d))
        {
            writer.Append(rows.AsSpan(0, 40 * d));
            writer.Append(rows.AsSpan(40 * d));
            Assert.Equal(103, writer.Count);
            writer.Complete();
        }

        using var reader = VectorFile.Open(_folder.File(name));
        var (read, counts) = (new List<float>(), new List<int>());
        var room = new float[25 * d];
        for (var count = reader.Read(room); count > 0; count = reader.Read(room))
        {
            counts.Add(count);
            read.AddRange(room.AsSpan(0, count * d));
        }

        Assert.Equal([25, 25, 25, 25, 3], counts);
        Assert.Equal(rows, read);
        Assert.Equal(1, reader.Progress);
    }

    [Fact]
    public void A_file_that_is_not_completed_leaves_nothing_behind()
    {
        using (var writer = VectorWriter.Create(_folder.File("a.fvecs"), 3))
        {
            writer.Append(Rows);
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Wrong_use_is_told_by_argument_exceptions()
    {
        Assert.Throws<ArgumentException>(() => VectorWriter.Write(_folder.File("a.csv"), Rows, 3));
        Assert.Throws<ArgumentException>(() => VectorWriter.Write(_folder.File("a.npy"), Rows, 4));
        Assert.Throws<ArgumentException>(() => new VectorSet(Rows, 4));
        Assert.Throws<ArgumentException>(() => new VectorSet(Rows, 3, ["a"]));
        VectorWriter.Write(_folder.File("a.npy"), Rows, 3);
        using var reader = VectorFile.Open(_folder.File("a.npy"));
        Assert.Throws<ArgumentException>(() => reader.Read([]));
        Assert.Throws<ArgumentException>(() => reader.Read(new float[4]));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp"));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<FileNotFoundException>(() => VectorFile.Read(_folder.File("gone.fvecs")));
        Assert.Contains("gone.fvecs", error.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => VectorFile.Read(_folder.File("gone")));
    }

    [Theory]
    [InlineData("a.fvecs")]
    [InlineData("a.npy")]
    [InlineData("a.csv")]
    [InlineData("a.vec")]
    public void Only_the_wanted_rows_are_read(string name)
    {
        var path = _folder.File(name);
        switch (Path.GetExtension(name))
        {
            case ".csv":
                File.WriteAllText(path, "1,2\n3,4\nbroken\n");
                break;
            case ".vec":
                File.WriteAllText(path, "3 2\na 1 2\nb 3 4\nbroken\n");
                break;
            default:
                VectorWriter.Write(path, [1, 2, 3, 4, float.NaN, 6], 2);
                break;
        }

        AssertRows(VectorFile.Read(path, new VectorFileOptions { MaxRows = 2 }), [1, 2, 3, 4], 2);
        Assert.Throws<ModelFormatException>(() => VectorFile.Read(path, new VectorFileOptions { MaxRows = 3 }));
    }

    [Fact]
    public void Bytes_and_integers_become_floats()
    {
        File.WriteAllBytes(_folder.File("a.bvecs"), [2, 0, 0, 0, 0, 255, 2, 0, 0, 0, 7, 128]);
        AssertRows(VectorFile.Read(_folder.File("a.bvecs")), [0, 255, 7, 128], 2);

        NeighbourFile.Write(_folder.File("a.ivecs"), [3, -1, 1 << 30, 0], 2);
        AssertRows(VectorFile.Read(_folder.File("a.ivecs")), [3, -1, 1 << 30, 0], 2);
    }

    [Fact]
    public void Neighbours_are_read_as_they_were_written()
    {
        int[] ids = [int.MaxValue, -1, 16777217, 0, 5, 6];
        NeighbourFile.Write(_folder.File("a.ivecs"), ids, 3);
        var (read, k) = NeighbourFile.Read(_folder.File("a.ivecs"));
        Assert.Equal(3, k);
        Assert.Equal(ids, read);
        Assert.Throws<ArgumentException>(() => NeighbourFile.Write(_folder.File("b.ivecs"), ids, 4));
    }

    [Theory]
    [InlineData("", 0, "empty")]
    [InlineData("02", 0, "4 bytes")]
    [InlineData("00000000", 0, "found 0")]
    [InlineData("FFFFFFFF", 0, "found -1")]
    [InlineData("02000000 0000803F", 0, "12 bytes")]
    [InlineData("02000000 0000803F 0000803F 02000000 0000803F", 12, "ends after 8")]
    [InlineData("02000000 0000803F 0000803F 03000000 0000803F 0000803F", 12, "row 1 was expected to have 2 dimensions")]
    [InlineData("02000000 0000803F 0000803F 02000000 0000803F 0000C07F", 20, "row 1, dimension 1: a finite number")]
    [InlineData("02000000 0000803F 000080FF", 8, "found -Infinity")]
    public void A_damaged_fvecs_file_is_refused_with_the_offset(string hex, long offset, string expected)
    {
        File.WriteAllBytes(_folder.File("a.fvecs"), Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal)));

        var error = Assert.Throws<ModelFormatException>(() => VectorFile.Read(_folder.File("a.fvecs")));
        Assert.Equal(offset, error.Offset);
        Assert.Contains("a.fvecs", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1000)]
    public void A_number_that_is_not_finite_is_found_wherever_it_stands(int d)
    {
        for (var at = 0; at < d; at++)
        {
            var rows = new float[2 * d];
            rows.AsSpan().Fill(float.MaxValue);
            rows[d + at] = at % 2 == 0 ? float.NaN : float.NegativeInfinity;
            VectorWriter.Write(_folder.File("a.fvecs"), rows, d);

            var error = Assert.Throws<ModelFormatException>(() => VectorFile.Read(_folder.File("a.fvecs")));
            Assert.Equal((4 * (d + 1)) + 4 + (4 * at), error.Offset);
            at += d > 100 ? 97 : 0;
        }
    }

    [Fact]
    public void The_format_is_told_by_the_content_where_the_name_tells_nothing()
    {
        var path = _folder.File("data");
        VectorWriter.Write(_folder.File("a.npy"), Rows, 3);
        VectorWriter.Write(_folder.File("a.fvecs"), Rows, 3);
        foreach (var (bytes, format) in new (byte[], VectorFileFormat)[]
        {
            (File.ReadAllBytes(_folder.File("a.npy")), VectorFileFormat.Npy),
            (File.ReadAllBytes(_folder.File("a.fvecs")), VectorFileFormat.Fvecs),
            ([2, 0, 0, 0, 0, 255, 2, 0, 0, 0, 7, 128, 2, 0, 0, 0, 1, 1], VectorFileFormat.Bvecs),
            ("a,1,2\nb,3,4"u8.ToArray(), VectorFileFormat.Csv),
            ("1\t2\n"u8.ToArray(), VectorFileFormat.Csv),
            ("1, 2, 3\n"u8.ToArray(), VectorFileFormat.Csv),
            (", 1 2 3\nb 3 4 5\n"u8.ToArray(), VectorFileFormat.WordVectors),
            ("2 3\n, 1 2 3\nb 3 4 5\n"u8.ToArray(), VectorFileFormat.WordVectors),
        })
        {
            File.WriteAllBytes(path, bytes);
            Assert.Equal(format, VectorFile.DetectFormat(path));
            Assert.True(VectorFile.Read(path).Count > 0);
        }

        File.WriteAllBytes(path, [.. "PK"u8, 3, 4, 0, 0, 0, 0, 0, 0]);
        Assert.Equal(0, Assert.Throws<ModelFormatException>(() => VectorFile.Read(path)).Offset);
        File.WriteAllBytes(path, []);
        Assert.Contains("empty", Assert.Throws<ModelFormatException>(() => VectorFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_a_file_is_refused()
    {
        foreach (var name in new[] { "a.fvecs", "a.npy" })
        {
            VectorWriter.Write(_folder.File(name), Rows, 3);
            var whole = File.ReadAllBytes(_folder.File(name));
            for (var length = 0; length < whole.Length; length++)
            {
                // A file that ends with a row is whole.
                if (name != "a.fvecs" || length != 16)
                {
                    File.WriteAllBytes(_folder.File(name), whole[..length]);
                    Assert.Throws<ModelFormatException>(() => VectorFile.Read(_folder.File(name)));
                }
            }
        }
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        VectorWriter.Write(_folder.File("a.fvecs"), Rows, 3);
        Assert.Throws<OperationCanceledException>(() => VectorFile.Read(_folder.File("a.fvecs"), cancellationToken: new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("<f4", "0000803F 00000040", 1, 2)]
    [InlineData("<f8", "000000000000F03F 0000000000000040", 1, 2)]
    [InlineData("<f2", "003C 0040", 1, 2)]
    [InlineData("|i1", "FF 7F", -1, 127)]
    [InlineData("|u1", "FF 7F", 255, 127)]
    [InlineData("<i2", "FFFF 0100", -1, 1)]
    [InlineData("<u2", "FFFF 0100", 65535, 1)]
    [InlineData("<i4", "FEFFFFFF 01000000", -2, 1)]
    [InlineData("<u4", "00000080 01000000", 2147483648f, 1)]
    [InlineData("<i8", "FEFFFFFFFFFFFFFF 0100000000000000", -2, 1)]
    public void Npy_numbers_of_every_type_are_read(string type, string hex, float first, float second)
    {
        WriteNpy(1, $"{{'descr': '{type}', 'fortran_order': False, 'shape': (1, 2), }}", hex);
        AssertRows(VectorFile.Read(_folder.File("a.npy")), [first, second], 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Npy_files_of_every_version_are_read(int version)
    {
        WriteNpy(version, "{'shape': (2, 1), 'fortran_order': False, 'descr': '<f4'}", "0000803F 00000040");
        AssertRows(VectorFile.Read(_folder.File("a.npy")), [1, 2], 1);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", "Fortran")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", "shape (4)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2, 1), }", "shape (2, 2, 1)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }", "shape (0, 2)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 2), }", "found 16 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", "24 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", "found 16 bytes")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }", "'>f4'")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }", "'<c8'")]
    [InlineData("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2, 2), }", "'descr'")]
    public void Npy_files_of_other_arrays_are_refused(string header, string expected)
    {
        WriteNpy(1, header, "0000803F 00000040 0000803F 00000040");
        var error = Assert.Throws<ModelFormatException>(() => VectorFile.Read(_folder.File("a.npy")));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.True(error.Offset >= 10);
    }

    [Fact]
    public void Npy_numbers_beyond_single_precision_are_refused_with_their_offset()
    {
        WriteNpy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", "000000000000F03F 9C7500883CE4377E");
        var error = Assert.Throws<ModelFormatException>(() => VectorFile.Read(_folder.File("a.npy")));
        Assert.Equal(new FileInfo(_folder.File("a.npy")).Length - 8, error.Offset);
        Assert.Contains("row 0, dimension 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Npy_files_of_another_version_or_without_the_mark_are_refused()
    {
        WriteNpy(4, "{}", string.Empty);
        Assert.Equal(6, Assert.Throws<ModelFormatException>(() => VectorFile.Read(_folder.File("a.npy"))).Offset);
        File.WriteAllText(_folder.File("a.npy"), "this is no array");
        Assert.Equal(0, Assert.Throws<ModelFormatException>(() => VectorFile.Read(_folder.File("a.npy"))).Offset);
    }

    private static void AssertRows(VectorSet set, float[] rows, int d)
    {
        Assert.Equal(d, set.Dimensions);
        Assert.Equal(rows, set.Rows.ToArray());
        Assert.Equal(rows[^d..], set[set.Count - 1].ToArray());
    }

    private void WriteNpy(int version, string header, string hex)
    {
        var text = Encoding.ASCII.GetBytes(header + "\n");
        var length = new byte[version == 1 ? 2 : 4];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        byte[] data = Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
        File.WriteAllBytes(_folder.File("a.npy"), [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. text, .. data]);
    }
}
