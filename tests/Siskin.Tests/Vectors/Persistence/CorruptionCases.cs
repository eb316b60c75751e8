using System.Buffers.Binary;
using Siskin.Vectors;
using Siskin.Vectors.Persistence;

namespace Siskin.Tests.Vectors.Persistence;

/// <summary>Damages an index file in many ways and sees to it that none is used unnoticed.</summary>
internal static class CorruptionCases
{
    private const int Page = 4096;

    /// <summary>
    /// Runs seeded corruptions of a file. Each must be refused by <see cref="IndexFiles.Verify"/>, and by
    /// <paramref name="examine"/> with a <see cref="ModelFormatException"/> that names the file and an offset in it, unless
    /// what it gives is the same as from the whole file.
    /// </summary>
    /// <param name="path">A whole index file; it is left as it is.</param>
    /// <param name="examine">Opens the file it is given, uses it and closes it; returns what it found, the same text for the same content.</param>
    /// <param name="count">How many corruptions.</param>
    /// <param name="seed">Of the choice of them.</param>
    /// <returns>How many were refused by <paramref name="examine"/>, and how many it was right in spite of.</returns>
    public static (int Refused, int Harmless) Run(string path, Func<string, string> examine, int count = 1000, int seed = 20240229)
    {
        var whole = File.ReadAllBytes(path);
        var expected = examine(path);
        var damagedPath = path + ".damaged";
        var random = new Random(seed);
        var (refused, harmless) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var (damaged, what) = Damage(whole, random);
            what = $"case {i}, {what}";
            File.WriteAllBytes(damagedPath, damaged);
            RequireRefusal(what, damagedPath, damaged, whole, Assert.Throws<ModelFormatException>(() => IndexFiles.Verify(damagedPath)));
            try
            {
                var found = examine(damagedPath);
                Assert.True(found == expected, $"{what}: used unnoticed, with another result");
                harmless++;
            }
            catch (ModelFormatException e)
            {
                RequireRefusal(what, damagedPath, damaged, whole, e);
                refused++;
            }
        }

        File.Delete(damagedPath);
        return (refused, harmless);
    }

    private static void RequireRefusal(string what, string path, byte[] damaged, byte[] whole, ModelFormatException e)
    {
        Assert.True(e.Path == path, $"{what}: refused with the path {e.Path}");
        Assert.True(e.Offset >= 0 && e.Offset <= Math.Max(damaged.Length, whole.Length), $"{what}: refused with the offset {e.Offset}");
    }

    private static (byte[] Bytes, string What) Damage(byte[] whole, Random random)
    {
        while (true)
        {
            var bytes = whole.ToArray();
            // Half of them where there is little: header and directory.
            var at = random.Next(2) == 0 ? random.Next(bytes.Length) : AtTheEnds(bytes, random);
            string what;
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    what = $"a bit flipped at {at}";
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    what = $"a byte replaced at {at}";
                    break;
                case 2:
                    var run = bytes.AsSpan(at, Math.Min(1 + random.Next(2 * Page), bytes.Length - at));
                    run.Clear();
                    what = $"{run.Length} zeros from {at} on";
                    break;
                case 3:
                    bytes = bytes[..at];
                    what = $"cut off at {at}";
                    break;
                case 4:
                    bytes = [.. bytes, .. new byte[1 + random.Next(2 * Page)]];
                    what = $"extended to {bytes.Length}";
                    break;
                default:
                    var (a, b) = (random.Next(bytes.Length / Page) * Page, random.Next(bytes.Length / Page) * Page);
                    whole.AsSpan(a, Page).CopyTo(bytes.AsSpan(b));
                    whole.AsSpan(b, Page).CopyTo(bytes.AsSpan(a));
                    what = $"pages at {a} and {b} exchanged";
                    break;
            }

            if (!bytes.AsSpan().SequenceEqual(whole))
            {
                return (bytes, what);
            }
        }
    }

    private static int AtTheEnds(byte[] whole, Random random)
    {
        var directory = (int)BinaryPrimitives.ReadInt64LittleEndian(whole.AsSpan(48));
        return random.Next(2) == 0 ? random.Next(96) : random.Next(directory, whole.Length);
    }
}
