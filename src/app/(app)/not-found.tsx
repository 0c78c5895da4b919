import { NotFound } from '#web/ui/not-found.tsx';

export default function Page() {
  return <NotFound />;
}
