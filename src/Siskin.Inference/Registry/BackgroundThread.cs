namespace Siskin.Inference.Registry;

/// <summary>Runs long work on a thread of its own with low priority, so that requests keep the thread pool and most of the processor.</summary>
internal static class BackgroundThread
{
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = name, Priority = ThreadPriority.BelowNormal };
        thread.Start();
        return done.Task;
    }
}
